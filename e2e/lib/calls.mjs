// Every tool the product offers, called in an order that makes sense, with arguments as sloppy as agents send them.
import { readFileSync } from 'node:fs';

/** examples are a call of each tool, by its name: `go test ./tools -update -run Golden` writes them. */
const examples = JSON.parse(readFileSync(new URL('../../tools/testdata/examples.golden.json', import.meta.url), 'utf8'));

/** tools are the names of all tools, sorted. */
export const tools = Object.keys(examples).sort();

/**
 * calls lists them: the story below, and the example of each tool that it leaves out. For such a call no account is prepared, so
 * an error may answer it.
 */
export function calls(tag) {
  const told = story(tag);
  const left = tools.filter((tool) => !told.some((call) => call.tool === tool));
  return [...told, ...left.map((tool) => ({ tool, arguments: examples[tool], mayFail: true, alone: ' ' }))];
}

/**
 * story is most of them. tag keeps the names of one client apart from those of another on the same server. `alone` is the
 * start of the answer where the call is the first and only one, since what it works on is not there. Arguments that are a
 * function are made of the structured content of the call before.
 */
function story(tag) {
  const list = `Readers ${tag}`;
  const ann = `ann.${tag}@example.com`;
  const bob = `bob.${tag}@example.com`;
  const imported = [1, 2, 3].map((n) => `import.${n}.${tag}@example.com`);
  return [
    { tool: 'get_account', arguments: {} },
    { tool: 'create_list', arguments: { name: list } },
    { tool: 'list_lists', arguments: { search: null }, says: list, alone: '' },
    { tool: 'create_field', arguments: { name: `Colour ${tag}`, data_type: 'text', merge_tag: '' } },
    { tool: 'list_fields', arguments: {}, says: `Colour ${tag}`, alone: '' },
    { tool: 'update_field', arguments: { field: `colour ${tag}`, name: `Shade ${tag}`, merge_tag: null }, says: `Shade ${tag}`, alone: '[' },
    { tool: 'create_contact', arguments: { email: ` ${ann.toUpperCase()} `, fields: '{}', lists: list }, says: ann, alone: '[' },
    { tool: 'get_contact', arguments: { contact: ann }, says: ann, alone: '[not_found]' },
    { tool: 'update_contact', arguments: { contact: ann, fields: { [`Shade ${tag}`]: 'green' }, lists: undefined }, says: 'green', alone: '[' },
    { tool: 'add_to_list', arguments: { lists: `["${list}"]`, contacts: bob, create_missing: 'true' }, says: list, alone: '[' },
    { tool: 'check_suppressions', arguments: { contacts: ann }, says: `${ann}: subscribed`, alone: 'Mail can be stopped' },
    { tool: 'import_contacts', arguments: { rows: imported.map((email) => ({ email })), lists: '', mapping: '', skip: 'role', create_fields: null }, says: '3' },
    { tool: 'fire_event', arguments: { event: 'signed_up', params: { plan: 'pro', seats: 3 }, contacts: [ann] }, says: 'signed_up', alone: '[' },
    { tool: 'export_contacts', arguments: { lists: list }, says: '.csv', alone: '[' },
    { tool: 'get_job', arguments: {} },
    { tool: 'bulk_update_contacts', arguments: { contacts: imported, add_to_lists: list, preview: 'true' }, says: 'plan_id', alone: '[' },
    { tool: 'apply_plan', arguments: ({ job }) => ({ plan_id: job?.plan_id ?? 'update-20260101-aaaaaaaa' }), says: '3 contacts added to', alone: '[not_found]' },
    { tool: 'cancel_job', arguments: ({ job }) => ({ job_id: job?.job_id ?? 'update-20260101-aaaaaaaa' }), says: '3 contacts added to', alone: '[not_found]' },
    { tool: 'bulk_delete_contacts', arguments: { contacts: imported.slice(2) }, says: '1 contact deleted', alone: 'Deletion finished' },
    { tool: 'search_contacts', arguments: { where: `in_list('${list}')`, columns: 'email', limit: '5', refresh: 'true' }, says: ann, alone: '[' },
    { tool: 'save_segment', arguments: { name: `Readers of ${tag}`, where: `email LIKE '%.${tag}@example.com'`, description: null }, says: `Readers of ${tag}`, alone: '' },
    { tool: 'audience_report', arguments: { list: '' }, says: `Readers of ${tag}`, alone: '' },
    { tool: 'list_campaigns', arguments: { search: '', limit: '5' }, says: 'The account has no campaigns.' },
    { tool: 'check_audience', arguments: { lists: list, merge_tags: 'email' }, says: 'eligible', alone: '[' },
    { tool: 'sync_contacts', arguments: { segment: `readers of ${tag}`, list, max_changes: '100' }, says: '0 changes to make', alone: '[' },
    { tool: 'delete_segment', arguments: { name: `readers of ${tag}` }, says: `Readers of ${tag}`, alone: '[not_found]' },
    { tool: 'remove_from_list', arguments: { lists: list, contacts: ann }, says: list, alone: '[' },
    { tool: 'delete_contact', arguments: { contact: ann }, says: ann, alone: '[not_found]' },
    { tool: 'list_changes', arguments: { limit: '5' }, says: 'delete_contact', alone: 'Nothing was changed' },
    {
      tool: 'undo_change', arguments: ({ changes = [] }) => ({ change_id: `${changes[0]?.change_id ?? 1}` }),
      says: `create ${ann} again`, alone: '[not_found]',
    },
    { tool: 'rename_list', arguments: { list, name: `Subscribers ${tag}` }, says: `Subscribers ${tag}`, alone: '[' },
    { tool: 'delete_list', arguments: { list: `Subscribers ${tag}` }, says: 'stay in the account', alone: '[' },
    { tool: 'delete_field', arguments: { field: `Shade ${tag}` }, says: '1 contact had a value in it', alone: '[' },
  ];
}

/** argumentsOf are the arguments of a call, given the structured content of the one before. */
export const argumentsOf = (call, before) => (typeof call.arguments === 'function' ? call.arguments(before) : call.arguments);

/** refused are calls that have to be answered with an error that an agent can act on. */
export const refused = [
  { tool: 'get_contact', arguments: { contact: 'lists/5' }, says: '[invalid_input]' },
  { tool: 'get_contact', arguments: {}, says: '[invalid_input]' },
  { tool: 'create_contact', arguments: { email: 'ann@example.com', nmae: 'Ann' }, says: 'nmae' },
  { tool: 'get_contact', arguments: { contact: 'nobody@example.com' }, says: '[not_found]' },
];

/** prompts are the names of all prompts, sorted. */
export const prompts = [
  'audience_overview', 'build_segment', 'campaign_ready', 'clean_up_list', 'erase_person', 'import_file', 'sync_from_crm', 'tidy_fields_and_lists',
  'why_no_mail', 'wire_automation_event',
];

/** resources are all resources, those without a variable first, each with the tool it is there with. */
export const resources = [
  { uri: 'mailtrap://account', tool: 'get_account' },
  { uri: 'mailtrap://lists', tool: 'list_lists' },
  { uri: 'mailtrap://fields', tool: 'list_fields' },
  { uri: 'mailtrap://segments', tool: 'save_segment' },
  { uri: 'mailtrap://changes', tool: 'list_changes' },
  { uri: 'mailtrap://contacts/{contact}', tool: 'get_contact' },
  { uri: 'mailtrap://jobs/{id}', tool: 'get_job' },
];

// Every tool the product offers, called in an order that makes sense, with arguments as sloppy as agents send them.

/**
 * calls lists them. tag keeps the names of one client apart from those of another on the same server. `alone` is the
 * start of the answer where the call is the first and only one, since what it works on is not there.
 */
export function calls(tag) {
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
    { tool: 'create_contact', arguments: { email: ` ${ann.toUpperCase()} `, fields: '{}', lists: list }, says: ann, alone: '[' },
    { tool: 'get_contact', arguments: { contact: ann }, says: ann, alone: '[not_found]' },
    { tool: 'update_contact', arguments: { contact: ann, fields: { [`Colour ${tag}`]: 'green' }, lists: undefined }, says: 'green', alone: '[' },
    { tool: 'add_to_list', arguments: { lists: `["${list}"]`, contacts: bob, create_missing: 'true' }, says: list, alone: '[' },
    { tool: 'import_contacts', arguments: { rows: imported.map((email) => ({ email })), lists: '', wait_seconds: '20' }, says: '3' },
    { tool: 'fire_event', arguments: { event: 'signed_up', params: { plan: 'pro', seats: 3 }, contacts: [ann] }, says: 'signed_up', alone: '[' },
    { tool: 'export_contacts', arguments: { lists: list }, says: '.csv', alone: '[' },
    { tool: 'get_job', arguments: {} },
    { tool: 'remove_from_list', arguments: { lists: list, contacts: ann }, says: list, alone: '[' },
    { tool: 'delete_contact', arguments: { contact: ann }, says: ann, alone: '[not_found]' },
  ];
}

/** refused are calls that have to be answered with an error that an agent can act on. */
export const refused = [
  { tool: 'get_contact', arguments: { contact: 'lists/5' }, says: '[invalid_input]' },
  { tool: 'get_contact', arguments: {}, says: '[invalid_input]' },
  { tool: 'create_contact', arguments: { email: 'ann@example.com', nmae: 'Ann' }, says: 'nmae' },
  { tool: 'get_contact', arguments: { contact: 'nobody@example.com' }, says: '[not_found]' },
];

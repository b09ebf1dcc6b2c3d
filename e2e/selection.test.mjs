// The operator may switch tools off. Clients do not see them, and an agent that calls one all the same reads why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agent } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { productWith } from './lib/servers.mjs';

const selections = {
  '--read-only': {
    options: ['--read-only'],
    tools: [
      'audience_report', 'check_audience', 'check_suppressions', 'delete_segment', 'export_contacts', 'get_account', 'get_contact', 'get_job',
      'list_campaigns', 'list_changes', 'list_fields', 'list_lists', 'save_segment', 'search_contacts', 'sync_contacts',
    ],
    resources: ['mailtrap://account', 'mailtrap://lists', 'mailtrap://fields', 'mailtrap://segments', 'mailtrap://changes'],
    templates: ['mailtrap://contacts/{contact}', 'mailtrap://jobs/{id}'],
    withheld: { create_list: 'read_only', delete_contact: 'read_only', undo_change: 'read_only' },
  },
  '--toolsets lists': {
    options: ['--toolsets', 'lists'],
    tools: ['add_to_list', 'apply_plan', 'cancel_job', 'create_list', 'delete_list', 'get_job', 'list_lists', 'remove_from_list', 'rename_list'],
    resources: ['mailtrap://lists'],
    templates: ['mailtrap://jobs/{id}'],
    withheld: { get_contact: 'not_found', list_changes: 'not_found' },
  },
  '--read-only --toolsets lists,account': {
    options: ['--read-only', '--toolsets', 'lists,account'],
    tools: ['check_suppressions', 'get_account', 'list_changes', 'list_lists'],
    resources: ['mailtrap://account', 'mailtrap://lists', 'mailtrap://changes'],
    templates: [],
    withheld: { create_list: 'read_only', delete_contact: 'read_only', get_contact: 'not_found' },
  },
};

for (const { name, connect } of clients) {
  test(`${name} is offered what the operator has selected`, async (t) => {
    for (const [selection, expected] of Object.entries(selections)) {
      await t.test(selection, async (t) => {
        const client = await connect(t, productWith(...expected.options));
        const { tools } = await client.listTools();
        assert.deepEqual(tools.map((tool) => tool.name).sort(), expected.tools);
        const { resources } = await client.listResources();
        assert.deepEqual(resources.map((resource) => resource.uri), expected.resources);
        const { resourceTemplates } = await client.listResourceTemplates();
        assert.deepEqual(resourceTemplates.map((template) => template.uriTemplate), expected.templates);

        const selected = agent(client);
        for (const [tool, code] of Object.entries(expected.withheld)) await selected.isRefused(tool, {}, code);
        assert.deepEqual((await selected.does('list_lists')).lists, []);
      });
    }
  });
}

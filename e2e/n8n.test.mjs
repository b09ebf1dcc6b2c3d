// n8n's MCP client turns each input schema into Zod with its own converter, and sends what Zod makes of the model's
// arguments. A name that the schema does not let through is dropped there without a word.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { agent } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { product } from './lib/servers.mjs';

const { jsonSchemaToZod } = createRequire(import.meta.url)('@n8n/json-schema-to-zod'); // as n8n loads it: Node cannot import it

/** n8n is an agent whose calls pass through n8n's converter, and one whose calls do not. */
async function n8n(t) {
  const { connect } = clients.find((one) => one.tag === 'sdk1http');
  const client = await connect(t, product);
  const { tools } = await client.listTools();
  const schemas = new Map(tools.map(({ name, inputSchema }) => [name, jsonSchemaToZod(inputSchema)]));
  const through = (name, given) => schemas.get(name).parse(given);
  const converted = agent({ callTool: (call) => client.callTool({ ...call, arguments: through(call.name, call.arguments) }) });
  return { converted, direct: agent(client), through, tools };
}

/** fieldsOf are a contact's values as the server has them. */
const fieldsOf = async (direct, contact) => (await direct.does('get_contact', { contact })).contact.fields;

// Guarantee 7.1.
test('through n8n, all values of a call arrive', async (t) => {
  const { converted, direct } = await n8n(t);
  await direct.does('create_field', { name: 'Age', data_type: 'integer' });

  await t.test('create_contact', async () => {
    await converted.does('create_contact', { email: 'ann@example.com', fields: { first_name: 'Ann', age: 41 } });
    assert.deepEqual(await fieldsOf(direct, 'ann@example.com'), { first_name: 'Ann', age: 41 });
  });
  await t.test('update_contact', async () => {
    await converted.does('update_contact', { contact: 'ann@example.com', fields: { first_name: null, last_name: 'Lee', age: 42 } });
    assert.deepEqual(await fieldsOf(direct, 'ann@example.com'), { last_name: 'Lee', age: 42 });
  });
  await t.test('bulk_update_contacts', async () => {
    await converted.does('bulk_update_contacts', { contacts: ['ann@example.com'], fields: { age: 43 } });
    assert.equal((await fieldsOf(direct, 'ann@example.com')).age, 43);
  });
  await t.test('import_contacts', async () => {
    await converted.does('import_contacts', { rows: [
      { email: 'bob@example.com', fields: { first_name: 'Bob', age: 7 }, lists: [] },
      { email: 'cy@example.com', fields: { last_name: 'Young' } },
    ] });
    assert.deepEqual(await fieldsOf(direct, 'bob@example.com'), { first_name: 'Bob', age: 7 });
    assert.deepEqual(await fieldsOf(direct, 'cy@example.com'), { last_name: 'Young' });
  });
  await t.test('fire_event', async () => {
    await converted.does('fire_event', { event: 'trial_ending', params: { days_left: 3, plan: 'pro', last: true, none: null }, contacts: ['ann@example.com'] });
    const { changes } = await direct.does('list_changes', { limit: 1 });
    const said = JSON.stringify(changes);
    for (const value of ['days_left', '3', 'plan', 'pro', 'last', 'true', 'none']) assert.ok(said.includes(value), `${value} is missing: ${said}`);
  });
});

// Guarantee 7.1. What does not belong has to arrive as well, so that the server can say so.
test('through n8n, a misplaced name is refused and not lost', async (t) => {
  const { converted } = await n8n(t);
  const row = { email: 'dora@example.com', first_name: 'Dora' };
  assert.match(await converted.reads('import_contacts', { rows: [row] }), /^\[invalid_input\] rows\[0\]\.first_name: this argument does not exist/);
});

// Guarantee 7.2a.
test('n8n converts every schema, and leaves the checking of formats to the server', async (t) => {
  const { converted, through, tools } = await n8n(t);
  for (const { name } of tools) assert.throws(() => through(name, { no_such_argument: 1 }), `${name} takes any argument`);
  await converted.isRefused('create_contact', { email: 'nobody' }, 'invalid_input');
});

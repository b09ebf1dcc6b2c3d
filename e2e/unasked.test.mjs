// Where the operator cannot be asked, or is not to be, --confirm decides what goes through.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agent, person } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { later } from './lib/later.mjs';
import { overHTTP, product, productWith } from './lib/servers.mjs';
import { says, wire } from './lib/wire.mjs';

const contact = 'gone@example.com';

/** listOf makes a list with so many contacts on it. */
async function listOf(agent, name, size) {
  await agent.does('create_list', { name });
  const rows = Array.from({ length: size }, (_, i) => ({ email: `${i}@example.com` }));
  await agent.does('import_contacts', { rows, lists: [name] });
}

async function isThere(agent, is = true) {
  const shown = await agent.reads('get_contact', { contact });
  assert.equal(!shown.startsWith('[not_found]'), is, shown);
}

async function listIsThere(agent, name, is = true) {
  const { lists } = await agent.does('list_lists');
  assert.equal(lists.some((list) => list.name === name), is);
}

/** beNot gives an operator who would say no, and is heard by nobody. */
function beNot(t) {
  const operator = person('decline');
  later(t, () => assert.deepEqual(operator.asked, []));
  return operator.answer;
}

for (const { name, elicits, connect } of clients) {
  test(`${name}, which cannot ask, --confirm auto`, async (t) => {
    const unasked = agent(await connect(t, product));
    await t.test('deletes a contact', async () => {
      await unasked.does('create_contact', { email: contact });
      await unasked.does('delete_contact', { contact });
      await isThere(unasked, false);
    });
    await t.test('subscribes a person again who is said to have agreed', async () => {
      await unasked.does('create_contact', { email: contact });
      await unasked.does('update_contact', { contact, unsubscribed: true });
      await unasked.does('update_contact', { contact, unsubscribed: false, consent: 'by phone' });
      assert.match(await unasked.reads('list_changes'), /consent \(claimed by the agent\): "by phone"/);
    });
    await t.test('deletes a list of 25', async () => {
      await listOf(unasked, 'Few', 25);
      await unasked.does('delete_list', { list: 'Few' });
      await listIsThere(unasked, 'Few', false);
    });
    await t.test('keeps a list of 26', async () => {
      await listOf(unasked, 'Many', 26);
      await unasked.isRefused('delete_list', { list: 'Many' }, 'needs_confirmation');
      const { changes } = await unasked.does('list_changes');
      const { change_id } = changes.find((change) => change.tool === 'create_list');
      await unasked.isRefused('undo_change', { change_id }, 'needs_confirmation');
      await listIsThere(unasked, 'Many');
    });
  });

  test(`${name}, which cannot ask, --confirm always`, async (t) => {
    const unasked = agent(await connect(t, productWith('--confirm', 'always')));
    await unasked.does('create_contact', { email: contact });
    await unasked.does('create_list', { name: 'Empty' });
    await unasked.isRefused('delete_contact', { contact }, 'needs_confirmation');
    await unasked.isRefused('delete_list', { list: 'Empty' }, 'needs_confirmation');
    await isThere(unasked);
    await listIsThere(unasked, 'Empty');
  });

  test(`${name}, --confirm never`, async (t) => {
    const unasked = agent(await connect(t, productWith('--confirm', 'never'), beNot(t)));
    await listOf(unasked, 'Many', 26);
    await unasked.does('delete_list', { list: 'Many' });
    await listIsThere(unasked, 'Many', false);
    await unasked.does('create_contact', { email: contact });
    await unasked.does('delete_contact', { contact });
    await isThere(unasked, false);
  });

  if (elicits) continue;
  test(`${name}, which could ask over another transport, --confirm auto`, async (t) => {
    const unasked = agent(await connect(t, product, beNot(t)));
    await unasked.does('create_contact', { email: contact });
    assert.match(await unasked.reads('delete_contact', { contact }), /^\[needs_confirmation\].*\/mcp of this server/s);
    await isThere(unasked);
  });
}

test('a client that opens links only is not asked to show a form, and deletes nobody', async (t) => {
  const call = wire((await overHTTP(t, product)).url, { url: {} });
  says(await call('create_contact', { email: contact }), 'Created');
  says(await call('delete_contact', { contact }), '[needs_confirmation] ');
});

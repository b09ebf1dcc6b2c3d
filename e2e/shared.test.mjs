// Two clients, each with a server process of its own, on one account and one data folder.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { agent, person } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { productAt, startEmulator, workplace } from './lib/servers.mjs';

const common = 'Everyone';

/** work is what one agent does to the account, much of it at once. It returns how often each tool has changed something. */
async function work(agent, tag) {
  const emails = [1, 2, 3, 4, 5].map((n) => `${n}.${tag}@example.com`);
  const each = (tool, given) => Promise.all(emails.map((email) => agent.does(tool, given(email))));
  await agent.does('create_field', { name: `Colour ${tag}`, data_type: 'text' });
  await Promise.all([
    agent.does('create_list', { name: `Readers ${tag}` }),
    agent.does('import_contacts', { rows: [{ email: `row.${tag}@example.com` }] }),
    each('create_contact', (email) => ({ email })),
  ]);
  await Promise.all([
    each('update_contact', (contact) => ({ contact, fields: { [`Colour ${tag}`]: 'green' } })),
    agent.does('rename_list', { list: `Readers ${tag}`, name: `Subscribers ${tag}` }),
    agent.does('list_changes'),
  ]);
  await each('add_to_list', (email) => ({ lists: [common], contacts: [email] }));
  await each('delete_contact', (contact) => ({ contact }));
  return {
    create_field: 1, create_list: 1, import_contacts: 1, create_contact: 5, update_contact: 5, rename_list: 1, add_to_list: 5, delete_contact: 5,
  };
}

/** journal is every change, over all pages. */
async function journal(agent) {
  const all = [];
  for (let cursor; ;) {
    const { changes, next_cursor } = await agent.does('list_changes', { limit: 20, cursor });
    all.push(...changes);
    if (!next_cursor) return all;
    cursor = next_cursor;
  }
}

const countTools = (changes) => {
  const counts = {};
  for (const { tool } of changes) counts[tool] = (counts[tool] ?? 0) + 1;
  return counts;
};

test('two processes share a data folder', async (t) => {
  const server = productAt(await startEmulator(t), join(dirname(await workplace(t)), 'shared data'));
  const kinds = clients.filter((client) => client.tag.endsWith('stdio'));
  assert.equal(kinds.length, 2);
  const connected = await Promise.all(kinds.map((kind) => kind.connect(t, server, person('accept').answer)));
  const [one, two] = connected.map(agent);

  await one.does('create_list', { name: common });
  const [byOne, byTwo] = await Promise.all([work(one, kinds[0].tag), work(two, kinds[1].tag)]);

  await t.test('and both show all changes', async () => {
    const changes = await journal(one);
    assert.deepEqual(await journal(two), changes);
    const by = (kind) => countTools(changes.filter((change) => change.client === kind.tag));
    assert.deepEqual(by(kinds[0]), { ...byOne, create_list: byOne.create_list + 1 });
    assert.deepEqual(by(kinds[1]), byTwo);
    for (const { tool, writes } of changes) assert.ok(writes.every((write) => write.state === 'done'), `${tool}: ${JSON.stringify(writes)}`);
    assert.equal(new Set(changes.map((change) => change.change_id)).size, changes.length);
  });

  await t.test('and one undoes what the other has done', async () => {
    const renamed = (await journal(one)).find((change) => change.tool === 'rename_list' && change.client === kinds[0].tag);
    const { undo } = await two.does('undo_change', { change_id: renamed.change_id });
    const seen = (await journal(one)).find((change) => change.change_id === renamed.change_id);
    assert.equal(seen.undone_by, undo);
    await one.isRefused('undo_change', { change_id: renamed.change_id }, 'conflict');
  });
});

// From 2026-07-28 a question and its answer go through the client's hands. An answer counts for the call that was asked
// about, and once; otherwise the operator is asked again, and nothing is done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overHTTP, product } from './lib/servers.mjs';
import { answered, asks, says, wire } from './lib/wire.mjs';

const ann = 'ann@example.com';
const bob = 'bob@example.com';

/** account is a server with Ann and Bob. */
async function account(t) {
  const call = wire((await overHTTP(t, product)).url);
  for (const email of [ann, bob]) says(await call('create_contact', { email }), 'Created');
  const areThere = async () => {
    for (const contact of [ann, bob]) assert.ok(!(await call('get_contact', { contact })).isError, `${contact} is gone`);
  };
  return { call, areThere };
}

test('an answer deletes what the operator was asked about', async (t) => {
  const { call } = await account(t);
  const state = asks(await call('delete_contact', { contact: ann }));
  says(await call('delete_contact', { contact: ann }, answered('accept', state)), `Deleted ${ann}`);
  says(await call('get_contact', { contact: ann }), '[not_found]');
});

test('an answer deletes nothing else', async (t) => {
  const { call, areThere } = await account(t);
  const state = asks(await call('delete_contact', { contact: ann }));
  const spoilt = (state.startsWith('A') ? 'B' : 'A') + state.slice(1);
  for (const [what, given, sent] of [
    ['another contact', { contact: bob }, answered('accept', state)],
    ['more of the contact', { contact: ann, erase: true }, answered('accept', state)],
    ['the contact by another spelling', { contact: ann.toUpperCase() }, answered('accept', state)],
    ['an altered state', { contact: ann }, answered('accept', spoilt)],
    ['no state', { contact: ann }, answered('accept')],
    ['a state without an answer', { contact: ann }, { requestState: state }],
  ]) {
    await t.test(what, async () => {
      asks(await call('delete_contact', given, sent));
      await areThere();
    });
  }
});

test('an answer does not hold for another tool', async (t) => {
  const { call, areThere } = await account(t);
  const { changes } = (await call('list_changes', { limit: 1 })).structuredContent;
  const state = asks(await call('delete_contact', { contact: bob }));
  asks(await call('undo_change', { change_id: changes[0].change_id }, answered('accept', state)));
  await areThere();
});

test('a decision is not asked for twice, and not taken back', async (t) => {
  const { call, areThere } = await account(t);
  const state = asks(await call('delete_contact', { contact: ann }));
  says(await call('delete_contact', { contact: ann }, answered('decline', state)), '[cancelled]');
  asks(await call('delete_contact', { contact: ann }, answered('accept', state)));
  await areThere();
});

test('an answer does not delete the contact that comes after', async (t) => {
  const { call, areThere } = await account(t);
  const state = asks(await call('delete_contact', { contact: ann }));
  says(await call('delete_contact', { contact: ann }, answered('accept', state)), 'Deleted');
  says(await call('create_contact', { email: ann }), 'Created');
  asks(await call('delete_contact', { contact: ann }, answered('accept', state)));
  await areThere();
});

test('an answer counts once, although everything is again as it was', async (t) => {
  const { call } = await account(t);
  const leave = () => call('update_contact', { contact: ann, unsubscribed: true });
  const back = { contact: ann, unsubscribed: false, consent: 'by phone' };
  says(await leave(), 'Updated');
  const state = asks(await call('update_contact', back));
  says(await call('update_contact', back, answered('accept', state)), 'Updated');
  says(await leave(), 'Updated');
  asks(await call('update_contact', back, answered('accept', state)));
  const { structuredContent } = await call('get_contact', { contact: ann });
  assert.equal(structuredContent.contact.status, 'unsubscribed');
});

test('of twenty answers at once one counts', async (t) => {
  const { call } = await account(t);
  says(await call('create_list', { name: 'Readers' }), 'Created');
  const state = asks(await call('delete_list', { list: 'Readers' }));
  const results = await Promise.all(Array.from({ length: 20 }, () => call('delete_list', { list: 'Readers' }, answered('accept', state))));
  assert.equal(results.filter((result) => result.structuredContent?.deleted).length, 1);
});

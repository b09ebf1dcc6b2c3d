// Before something is lost, or a person is subscribed again, the operator is asked and decides.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agent, person } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { product } from './lib/servers.mjs';

const contact = 'gone@example.com';

/**
 * losses are calls that ask. Each prepares an account for its call and returns the call's arguments, what the question
 * names, and a call that shows what is at stake: `holds` is in its answer until the operator agrees.
 */
const losses = {
  delete_contact: async (agent) => {
    await agent.does('create_list', { name: 'Readers' });
    await agent.does('create_field', { name: 'Colour', data_type: 'text' });
    await agent.does('create_contact', { email: contact, fields: { Colour: 'green' }, lists: ['Readers'] });
    return { given: { contact }, names: [contact, 'green', 'Readers'], shows: ['get_contact', { contact }], holds: 'green' };
  },
  delete_list: async (agent) => {
    await agent.does('create_list', { name: 'Readers' });
    await agent.does('add_to_list', { lists: ['Readers'], contacts: [1, 2, 3].map((n) => `${n}@example.com`), create_missing: true });
    return { given: { list: 'Readers' }, names: ['"Readers"', '3 contacts'], shows: ['list_lists', {}], holds: 'Readers' };
  },
  delete_field: async (agent) => {
    await agent.does('create_field', { name: 'Colour', data_type: 'text' });
    await agent.does('create_contact', { email: contact, fields: { Colour: 'green' } });
    return { given: { field: 'Colour' }, names: ['"Colour"', '1 contact'], shows: ['list_fields', {}], holds: 'Colour' };
  },
  'undo_change of a new contact': async (agent) => {
    await agent.does('create_field', { name: 'Colour', data_type: 'text' });
    await agent.does('create_contact', { email: contact, fields: { Colour: 'green' } });
    const change_id = await newest(agent);
    return { given: { change_id }, names: [`Undo change ${change_id}`, 'create_contact', `delete ${contact}`], shows: ['get_contact', { contact }], holds: 'green' };
  },
  'undo_change of a new list': async (agent) => {
    await agent.does('create_list', { name: 'Readers' });
    const change_id = await newest(agent);
    await agent.does('add_to_list', { lists: ['Readers'], contacts: ['1@example.com', '2@example.com'], create_missing: true });
    return { given: { change_id }, names: ['delete the list "Readers"', '2 contacts'], shows: ['list_lists', {}], holds: 'Readers' };
  },
  update_contact: async (agent) => {
    await agent.does('create_contact', { email: contact });
    await agent.does('update_contact', { contact, unsubscribed: true });
    const consent = 'signed up again at the fair';
    return { given: { contact, unsubscribed: false, consent }, names: [contact, consent], shows: ['get_contact', { contact }], holds: 'unsubscribed' };
  },
};

const newest = async (agent) => (await agent.does('list_changes', { limit: 1 })).changes[0].change_id;

for (const { name, connect } of clients.filter((client) => client.elicits)) {
  test(`the operator behind ${name} decides on`, async (t) => {
    for (const [loss, prepare] of Object.entries(losses)) {
      await t.test(loss, async (t) => {
        const operator = person('decline');
        const asking = agent(await connect(t, product, operator.answer));
        await decide(asking, operator, loss.split(' ')[0], await prepare(asking));
      });
    }
  });
}

/** decide has the operator decline, close the question, and then agree. */
async function decide(agent, operator, tool, { given, names, shows, holds }) {
  const look = async () => [await agent.reads(...shows), await agent.reads('list_changes', { limit: 50 })];
  const before = await look();
  assert.ok(before[0].includes(holds), before[0]);

  for (const action of ['decline', 'cancel']) {
    operator.says = action;
    await agent.isRefused(tool, given, 'cancelled');
    assert.deepEqual(await look(), before, `something was changed after "${action}"`);
  }

  operator.says = 'accept';
  await agent.does(tool, given);
  const [after, journal] = await look();
  assert.ok(!after.includes(holds), `still there: ${after}`);
  assert.match(journal, new RegExp(`, ${tool} by "\\w+", confirmed by the operator`));

  assert.equal(operator.asked.length, 3, 'each call asks once');
  for (const asked of operator.asked) {
    for (const name of names) assert.ok(asked.includes(name), `no ${name} in: ${asked}`);
  }
}

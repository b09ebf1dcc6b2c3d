// A client that is killed in the middle of a call. Its ends of the server's pipes, or its connection, go with it. What the
// server has begun to write it finishes, and the journal says so.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { agent } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { holding } from './lib/holding.mjs';
import { environment, overHTTP, overStdio, productAt, startEmulator, workplace } from './lib/servers.mjs';

const ann = 'ann@example.com';
const bob = 'bob@example.com';

/** The calls, the request to hold, and what an agent has to read afterwards. */
const writes = [
  { tool: 'create_contact', given: { email: bob }, method: 'POST', then: ['get_contact', { contact: bob }, /subscribed/] },
  { tool: 'update_contact', given: { contact: ann, fields: { first_name: 'Ann' } }, method: 'PATCH', then: ['get_contact', { contact: ann }, /Ann/] },
  { tool: 'create_list', given: { name: 'Readers' }, method: 'POST', then: ['list_lists', {}, /Readers/] },
  { tool: 'delete_contact', given: { contact: ann }, method: 'DELETE', then: ['get_contact', { contact: ann }, /^\[not_found\]/] },
];

/** dying starts a client that calls a tool and waits. */
function dying(...given) {
  const script = join(import.meta.dirname, 'lib/dying.mjs');
  const client = spawn(process.execPath, [script, ...given.map((one) => JSON.stringify(one))], { stdio: 'inherit' });
  const gone = once(client, 'close');
  return { gone, kill: () => (client.kill('SIGKILL'), gone) };
}

/** program calls a tool as an operator does, on the account and the data of a server. */
async function program(server, folder, tool) {
  const [, ...account] = server.args;
  const options = { cwd: folder, env: { ...environment(folder), ...server.env } };
  return JSON.parse((await promisify(execFile)(server.command, ['call', tool, '--json', ...account], options)).stdout);
}

/** settled returns the journal once it says of every write what became of it. */
async function settled(journal) {
  const isOpen = ({ state }) => state === 'intended' || state === 'sending';
  for (let tries = 0; ; tries++, await sleep(100)) {
    const { changes } = await journal();
    if (!changes.some(({ writes }) => writes.some(isOpen)) || tries === 100) return changes.map(({ tool, writes }) => [tool, ...writes.map(({ state }) => state)]);
  }
}

for (const [over, open] of Object.entries({ stdio: overStdio, 'Streamable HTTP': overHTTP })) {
  // Guarantee 7.3a.
  test(`a client over ${over} is killed in the middle of a call`, async (t) => {
    const emulator = await startEmulator(t, '--latency', '20ms');
    const { connect } = clients.find(({ tag }) => tag === 'sdk1stdio');
    const bystander = async (t) => agent(await connect(t, productAt(emulator, join(dirname(await workplace(t)), 'data'))));
    await (await bystander(t)).does('create_contact', { email: ann });
    for (const { tool, given, method, then } of writes) {
      await t.test(tool, async (t) => {
        const folder = await workplace(t);
        const api = await holding(t, emulator, (request) => request.method === method);
        const server = productAt(api.url, join(dirname(folder), 'data'));
        const client = dying(await open(t, server), tool, given);
        assert.equal(await Promise.race([api.arrived.then(() => 'at the API'), client.gone]), 'at the API');
        await client.kill();
        await sleep(500); // in which a server that ends with its client would end
        api.release();

        assert.deepEqual(await settled(() => program(server, folder, 'list_changes')), [[tool, 'done']]);
        const [look, at, sees] = then;
        assert.match(await (await bystander(t)).reads(look, at), sees);
      });
    }
  });
}

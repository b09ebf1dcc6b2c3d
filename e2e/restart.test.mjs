// The server is restarted while clients have sessions with it.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { agent } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { onPortOf, overHTTP, productAt, startEmulator, workplace } from './lib/servers.mjs';

const byTag = (tag) => clients.find((client) => client.tag === tag);

/** account is a server's options for an account that outlives it. */
const account = async (t) => productAt(await startEmulator(t), join(dirname(await workplace(t)), 'data'));

// Guarantee 7.4b.
test('TypeScript SDK 1.x over Streamable HTTP learns that its session is gone, and opens another', async (t) => {
  const server = await account(t);
  const before = await overHTTP(t, server);
  const client = byTag('sdk1http').make('restart');
  t.after(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL(before.url)));
  const { sessionId } = client.transport;
  await agent(client).does('create_list', { name: 'Readers' });

  await before.stop();
  const { url } = await overHTTP(t, onPortOf(before.url, server));
  assert.equal(url, before.url);
  await assert.rejects(client.listTools(), (failure) => {
    assert.equal(failure.code, 404);
    assert.match(failure.message, /"code":\s*-32001/);
    assert.match(failure.message, /Session not found/);
    return true;
  });

  await client.close();
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  assert.notEqual(client.transport.sessionId, sessionId);
  const { lists } = await agent(client).does('list_lists');
  assert.deepEqual(lists.map(({ name }) => name), ['Readers']);
});

// The programs that people put between a client and the server when the two speak different transports: mcp-remote, by
// which clients of stdio reach a server over HTTP, and supergateway, which does the reverse.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { agent } from './lib/agent.mjs';
import { tools as allTools } from './lib/calls.mjs';
import { clients } from './lib/clients.mjs';
import { later } from './lib/later.mjs';
import { environment, onPortOf, overHTTP, overStdio, productAt, startEmulator, workplace } from './lib/servers.mjs';

const program = (...path) => join(import.meta.dirname, 'node_modules', ...path);
const { make } = clients.find(({ tag }) => tag === 'sdk1stdio');

/** account is the product on an account that outlives it. */
const account = async (t) => productAt(await startEmulator(t), join(dirname(await workplace(t)), 'data'));

async function connected(t, transport) {
  const client = make('proxied');
  later(t, () => client.close());
  await client.connect(transport);
  return client;
}

/** uses is what has to go through a proxy unharmed. */
async function uses(client) {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), allTools);
  const through = agent(client);
  const email = 'ann@example.com';
  await through.does('create_field', { name: 'Age', data_type: 'integer' });
  await through.does('create_list', { name: 'Lesérök 読者' });
  await through.does('create_contact', { email, fields: { first_name: 'Ánn "A" \\ 安', age: 41 }, lists: ['Lesérök 読者'] });
  const { contact } = await through.does('get_contact', { contact: email });
  assert.deepEqual(contact.fields, { first_name: 'Ánn "A" \\ 安', age: 41 });
  assert.deepEqual(contact.lists.map(({ name }) => name), ['Lesérök 読者']);
  await through.isRefused('get_contact', { contact: 'nobody@example.com' }, 'not_found');
  const rows = Array.from({ length: 500 }, (_, i) => ({ email: `${i}@example.com`, fields: { age: i } }));
  await through.does('import_contacts', { rows });
  assert.deepEqual((await through.does('get_contact', { contact: '499@example.com' })).contact.fields, { age: 499 });
}

/** remote starts mcp-remote before a server. */
async function remote(t, url, ...options) {
  const cwd = await workplace(t);
  const args = [program('mcp-remote/dist/proxy.js'), url, ...options];
  return new StdioClientTransport({ command: process.execPath, args, cwd, env: environment(cwd), stderr: 'ignore' });
}

for (const transport of ['http-only', 'sse-only']) {
  test(`mcp-remote, ${transport}`, async (t) => {
    const { url, sse } = await overHTTP(t, await account(t));
    await uses(await connected(t, await remote(t, transport === 'sse-only' ? sse : url, '--transport', transport)));
  });
}

// Guarantee 7.4b.
test('mcp-remote opens another session when the server was restarted', async (t) => {
  const server = await account(t);
  const before = await overHTTP(t, server);
  const client = await connected(t, await remote(t, before.url));
  await agent(client).does('create_list', { name: 'Readers' });
  await before.stop();
  await overHTTP(t, onPortOf(before.url, server));
  const { lists } = await agent(client).does('list_lists');
  assert.deepEqual(lists.map(({ name }) => name), ['Readers']);
});

/** freePort is a port that nobody listens at. supergateway does not say which one it takes of its own choice. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** gateway starts supergateway before a server and returns where it listens. */
async function gateway(t, server, ...options) {
  const { command, args, cwd, env } = await overStdio(t, server);
  const stdio = [command, ...args].map((word) => `'${word}'`).join(' ');
  const port = await freePort();
  const child = spawn(process.execPath, [
    program('supergateway/dist/index.js'), '--stdio', stdio, '--port', port, '--healthEndpoint', '/healthz', '--logLevel', 'none', ...options,
  ], { cwd, env, stdio: ['pipe', 'ignore', 'inherit'] });
  const closed = once(child, 'close');
  later(t, async () => {
    child.kill('SIGTERM');
    await closed;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(`${url}/healthz`).catch(() => undefined))?.ok; tries++, await sleep(100)) {
    assert.ok(tries < 300, 'supergateway does not listen');
  }
  return url;
}

const gateways = {
  'HTTP+SSE': { options: ['--outputTransport', 'sse'], open: (url) => new SSEClientTransport(new URL(`${url}/sse`)) },
  'Streamable HTTP without sessions': { options: ['--outputTransport', 'streamableHttp'], open: (url) => new StreamableHTTPClientTransport(new URL(`${url}/mcp`)) },
  'Streamable HTTP with sessions': { options: ['--outputTransport', 'streamableHttp', '--stateful'], open: (url) => new StreamableHTTPClientTransport(new URL(`${url}/mcp`)) },
};

for (const [name, { options, open }] of Object.entries(gateways)) {
  test(`supergateway, ${name}`, async (t) => {
    await uses(await connected(t, open(await gateway(t, await account(t), ...options))));
  });
}

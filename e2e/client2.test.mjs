// @modelcontextprotocol/client 2.x at protocol 2026-07-28, over the two transports that have it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { answerQuestions, useFixture, useProduct } from './lib/exercise.mjs';
import { environment, fixture, product, serveHTTP, workplace } from './lib/servers.mjs';

const version = '2026-07-28';

const transports = {
  stdio: async (t, server) => {
    const cwd = await workplace(t);
    return new StdioClientTransport({ command: server.command, args: server.stdio, cwd, env: environment(cwd), stderr: 'ignore' });
  },
  'Streamable HTTP': async (t, server) => new StreamableHTTPClientTransport(new URL((await serveHTTP(t, server)).url)),
};

async function connect(transport) {
  const client = new Client(
    { name: 'e2e', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: version } } },
  );
  client.setRequestHandler('elicitation/create', answerQuestions);
  await client.connect(transport);
  assert.equal(client.getNegotiatedProtocolVersion(), version);
  return client;
}

for (const [name, open] of Object.entries(transports)) {
  test(`client 2.x over ${name} uses the product`, async (t) => {
    const client = await connect(await open(t, product));
    await useProduct(t, client, `modern${name.replace(/\W/g, '').toLowerCase()}`);
    await client.close();
  });

  test(`client 2.x over ${name} uses the fixture`, async (t) => {
    const client = await connect(await open(t, fixture));
    await useFixture(t, client, { elicits: true });
    await client.close();
  });
}

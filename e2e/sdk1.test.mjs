// The TypeScript SDK 1.x, which most clients are built on, over all three transports.
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { answerQuestions, useFixture, useProduct } from './lib/exercise.mjs';
import { environment, fixture, product, serveHTTP, workplace } from './lib/servers.mjs';

const transports = {
  stdio: async (t, server) => {
    const cwd = await workplace(t);
    return new StdioClientTransport({ command: server.command, args: server.stdio, cwd, env: environment(cwd), stderr: 'ignore' });
  },
  'Streamable HTTP': async (t, server) => new StreamableHTTPClientTransport(new URL((await serveHTTP(t, server)).url)),
  'HTTP+SSE': async (t, server) => new SSEClientTransport(new URL((await serveHTTP(t, server)).sse)),
};

async function connect(t, transport) {
  const client = new Client({ name: 'e2e', version: '1' }, { capabilities: { elicitation: {} } });
  client.resultSchemaFirst = true;
  client.setRequestHandler(ElicitRequestSchema, answerQuestions);
  await client.connect(transport);
  return client;
}

for (const [name, open] of Object.entries(transports)) {
  test(`TypeScript SDK 1.x over ${name} uses the product`, async (t) => {
    const client = await connect(t, await open(t, product));
    await useProduct(t, client, name.replace(/\W/g, '').toLowerCase());
    await client.close();
  });

  // mcp-go cannot ask over HTTP+SSE.
  test(`TypeScript SDK 1.x over ${name} uses the fixture`, async (t) => {
    const client = await connect(t, await open(t, fixture));
    await useFixture(t, client, { elicits: name !== 'HTTP+SSE' });
    await client.close();
  });
}

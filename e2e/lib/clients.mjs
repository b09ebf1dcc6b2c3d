// The real clients: the TypeScript SDK 1.x, which most are built on, over all three transports, and
// @modelcontextprotocol/client 2.x at protocol 2026-07-28 over the two that have it.
import assert from 'node:assert/strict';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernHTTP } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as LegacyStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as LegacyHTTP } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { later } from './later.mjs';
import { overHTTP, overStdio } from './servers.mjs';

const stdio = (Transport) => async (t, server) => new Transport({ ...(await overStdio(t, server)), stderr: 'inherit' });
const http = (Transport) => async (t, server) => new Transport(new URL((await overHTTP(t, server)).url));
const sse = async (t, server) => new SSEClientTransport(new URL((await overHTTP(t, server)).sse));

function legacy(name, answer) {
  const client = new LegacyClient({ name, version: '1' }, { capabilities: answer ? { elicitation: {} } : {} });
  client.resultSchemaFirst = true;
  if (answer) client.setRequestHandler(ElicitRequestSchema, answer);
  return client;
}

/** modern pins the protocol. A question that a call is answered with goes to the same handler; the client then repeats the call. */
function modern(name, answer) {
  const pinned = { versionNegotiation: { mode: { pin: '2026-07-28' } } };
  const client = new ModernClient({ name, version: '1' }, { capabilities: answer ? { elicitation: { form: {} } } : {}, ...pinned });
  if (answer) client.setRequestHandler('elicitation/create', answer);
  return client;
}

/**
 * clients are all of them. Each connects to a server that it starts; without an answer to questions it cannot be asked
 * any. mcp-go cannot ask over HTTP+SSE, whatever the client could do.
 */
export const clients = [
  { name: 'TypeScript SDK 1.x over stdio', tag: 'sdk1stdio', make: legacy, open: stdio(LegacyStdio), elicits: true },
  { name: 'TypeScript SDK 1.x over Streamable HTTP', tag: 'sdk1http', make: legacy, open: http(LegacyHTTP), elicits: true },
  { name: 'TypeScript SDK 1.x over HTTP+SSE', tag: 'sdk1sse', make: legacy, open: sse, elicits: false },
  { name: 'client 2.x over stdio', tag: 'client2stdio', make: modern, open: stdio(ModernStdio), elicits: true },
  { name: 'client 2.x over Streamable HTTP', tag: 'client2http', make: modern, open: http(ModernHTTP), elicits: true },
].map((kind) => ({ ...kind, connect: (t, server, answer) => connect(t, kind, server, answer) }));

async function connect(t, { tag, make, open }, server, answer) {
  const client = make(tag, answer);
  const transport = await open(t, server);
  later(t, () => client.close());
  await client.connect(transport);
  if (make === modern) assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28');
  return client;
}

// A stream on which nothing happens for six minutes. Node's fetch, as that of other clients, gives a stream up after five
// without a byte. run.sh runs this beside the other tests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { agent, text } from './lib/agent.mjs';
import { clients } from './lib/clients.mjs';
import { fixture, overHTTP, product } from './lib/servers.mjs';

const sixMinutes = 6 * 60_000;
const together = { concurrency: true };

/** initialize opens a session and returns the headers of what is sent in it. */
async function initialize(url) {
  const accept = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'idle', version: '1' } };
  const opened = await fetch(url, { method: 'POST', headers: accept, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }) });
  assert.equal(opened.status, 200, await opened.text());
  return { ...accept, 'Mcp-Session-Id': opened.headers.get('Mcp-Session-Id'), 'Mcp-Protocol-Version': params.protocolVersion };
}

/** lives reads a stream for six minutes, in which it neither ends nor breaks. A read that fails fails the test. */
async function lives(response) {
  assert.equal(response.status, 200);
  assert.match(response.headers.get('Content-Type'), /^text\/event-stream/);
  const reader = response.body.getReader();
  const over = sleep(sixMinutes, { over: true });
  for (let last = performance.now(); ; last = performance.now()) {
    const { over: enough, done } = await Promise.race([reader.read(), over]);
    const silent = (performance.now() - last) / 1000;
    assert.ok(silent < 30, `nothing came for ${silent} s`);
    if (enough) return reader.cancel();
    assert.ok(!done, 'the stream has ended');
  }
}

// Guarantee 7.4a.
test('six minutes without anything to say', together, async (t) => {
  const { url, sse } = await overHTTP(t, product);
  await Promise.all([
    t.test('the stream of Streamable HTTP, read with fetch', async () => {
      const headers = { ...(await initialize(url)), Accept: 'text/event-stream' };
      await lives(await fetch(url, { headers }));
    }),
    t.test('the stream of HTTP+SSE, read with fetch', async () => lives(await fetch(sse, { headers: { Accept: 'text/event-stream' } }))),
    ...clients.filter(({ tag }) => ['sdk1http', 'sdk1sse'].includes(tag)).map(({ name, connect }) =>
      t.test(name, async (t) => {
        const client = await connect(t, product);
        const failures = [];
        client.onerror = (failure) => failures.push(failure);
        client.onclose = () => failures.push('closed');
        await sleep(sixMinutes);
        assert.deepEqual(failures, []);
        await agent(client).does('list_lists');
      })),
    ...clients.filter(({ tag }) => tag.endsWith('http')).map(({ name, connect }) =>
      t.test(`${name}, a call that is under way`, async (t) => {
        const client = await connect(t, fixture);
        const enough = new AbortController();
        const options = { signal: enough.signal, timeout: 2 * sixMinutes };
        const call = { name: 'wait_until_cancelled', arguments: {} };
        const waiting = client.callTool(call, ...(client.resultSchemaFirst ? [undefined, options] : [options]));
        const ended = await Promise.race([waiting.then(text, String), sleep(sixMinutes, 'is still under way')]);
        assert.equal(ended, 'is still under way');
        enough.abort('enough');
        await assert.rejects(waiting);
      })),
  ]);
});

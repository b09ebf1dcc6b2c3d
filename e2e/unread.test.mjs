// A client that starts the server and never reads what it says on stderr. The pipe fills; no call may wait for it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { text } from './lib/agent.mjs';
import { later } from './lib/later.mjs';
import { scanLog } from './lib/logs.mjs';
import { environment, product, workplace } from './lib/servers.mjs';

const failing = { name: 'get_contact', arguments: { contact: 'nobody' } };

/** pipe is one that is open at both ends, so that it fills; `read` takes out what is in it. */
async function pipe(t, path) {
  execFileSync('mkfifo', [path]);
  const file = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  later(t, () => file.close());
  return { path, read: async () => (await file.read(Buffer.alloc(1 << 20))).buffer.toString('utf8').replace(/\0+$/, '') };
}

// Guarantee 7.3b.
test('5,000 failing calls are answered though nobody reads stderr', async (t) => {
  const cwd = await workplace(t);
  const stderr = await pipe(t, join(dirname(cwd), 'stderr'));
  const args = ['-c', 'pipe=$1; shift; exec "$@" 2>"$pipe"', 'sh', stderr.path, product.command, ...product.args];
  const client = new Client({ name: 'unread', version: '1' });
  later(t, () => client.close());
  await client.connect(new StdioClientTransport({ command: 'sh', args, cwd, env: environment(cwd) }));
  for (let answered = 0; answered < 5000; answered += 50) {
    const results = await Promise.all(Array.from({ length: 50 }, () => client.callTool(failing)));
    for (const result of results) assert.match(text(result), /^\[invalid_input\]/);
  }

  // What is in the pipe is a part of the log, and as much of it as goes in.
  const log = await stderr.read();
  assert.ok(log.length > 60_000, `only ${log.length} bytes were in the pipe`);
  const calls = log.match(/call failed/g).length;
  assert.ok(calls < 2500, `the pipe has taken the lines of ${calls} calls`);
  scanLog(log);
});

// The MCP Inspector's command line: does it digest the schemas, and every answer?
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { argumentsOf, calls, prompts, resources, tools } from './lib/calls.mjs';
import { environment, overHTTP, overStdio, product, workplace } from './lib/servers.mjs';

const inspector = join(import.meta.dirname, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const toolFailed = 5; // the Inspector's exit code for a result with isError

/** connections are the servers as the Inspector's configuration names them. */
const connections = {
  stdio: (t) => overStdio(t, product),
  HTTP: async (t) => ({ type: 'streamable-http', url: (await overHTTP(t, product)).url }),
};

for (const [name, open] of Object.entries(connections)) {
  test(`MCP Inspector over ${name}`, async (t) => {
    const folder = await workplace(t);
    const config = join(folder, 'config.json');
    await writeFile(config, JSON.stringify({ mcpServers: { product: await open(t) } }));

    const inspect = (...args) =>
      new Promise((resolve) => {
        const command = [inspector, '--cli', '--config', config, '--server', 'product', ...args];
        execFile(process.execPath, command, { cwd: folder, env: environment(folder) }, (error, stdout, stderr) =>
          resolve({ code: error ? error.code : 0, stdout, stderr }));
      });

    await t.test('tools/list --strict finds nothing to complain about', async () => {
      const { code, stdout, stderr } = await inspect('--method', 'tools/list', '--strict');
      assert.equal(code, 0, stderr);
      assert.equal(JSON.parse(stdout).tools.length, tools.length);
      assert.doesNotMatch(stderr, /warning|error/i);
    });
    await t.test('prompts/list', async () => {
      const { code, stdout, stderr } = await inspect('--method', 'prompts/list');
      assert.equal(code, 0, stderr);
      assert.equal(JSON.parse(stdout).prompts.length, prompts.length);
    });
    await t.test('resources/list', async () => {
      const { code, stdout, stderr } = await inspect('--method', 'resources/list');
      assert.equal(code, 0, stderr);
      const single = resources.filter((resource) => tools.includes(resource.tool) && !resource.uri.includes('{'));
      assert.deepEqual(JSON.parse(stdout).resources.map((resource) => resource.uri), single.map((resource) => resource.uri));
    });
    let before = {};
    for (const call of calls('inspector')) {
      await t.test(`tools/call ${call.tool}`, async () => {
        const { code, stdout, stderr } = await inspect('--method', 'tools/call', '--tool-name', call.tool,
          '--tool-args-json', JSON.stringify(argumentsOf(call, before)));
        // Over stdio each call has a server, and so an account, of its own.
        const expected = name === 'stdio' ? call.alone : call.says;
        assert.ok(code === 0 || ((name === 'stdio' && call.alone || call.mayFail) && code === toolFailed), `${code}: ${stdout}${stderr}`);
        if (expected) assert.ok(stdout.includes(expected), `no ${expected} in: ${stdout}`);
        before = JSON.parse(stdout).structuredContent ?? {};
      });
    }
  });
}

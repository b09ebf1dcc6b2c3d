// The official conformance suite, for both revisions of the protocol that are in use.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment, fixture, overHTTP, product, workplace } from './lib/servers.mjs';

const suite = join(import.meta.dirname, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const here = (file) => join(import.meta.dirname, file);

// The scenarios that need none of the suite's own tools, prompts and resources.
const forProduct = {
  '2025-11-25': [
    'server-initialize', 'server-session-lifecycle', 'logging-set-level', 'ping', 'completion-complete', 'tools-list',
    'server-sse-multiple-streams', 'resources-list', 'resources-subscribe', 'resources-unsubscribe', 'prompts-list',
    'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'server-stateless', 'completion-complete', 'tools-list', 'server-sse-multiple-streams', 'resources-list',
    'sep-2164-resource-not-found', 'prompts-list', 'dns-rebinding-protection', 'caching', 'http-header-validation',
    'input-required-result-unsupported-methods',
  ],
};

/** conform runs the suite and returns what it printed; it fails unless exactly the expected failures failed. */
async function conform(t, url, expected, ...options) {
  const cwd = await workplace(t);
  const args = [suite, 'server', '--url', url, '--expected-failures', here(expected), '--output-dir', cwd, ...options];
  const { code, output } = await new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env: environment(cwd), maxBuffer: 16 << 20 }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, output: stdout + stderr }));
  });
  assert.equal(code, 0, output);
  return output;
}

for (const [revision, scenarios] of Object.entries(forProduct)) {
  test(`the product conforms to ${revision}`, async (t) => {
    const { url } = await overHTTP(t, product);
    for (const scenario of scenarios) {
      await t.test(scenario, (t) => conform(t, url, 'expected-failures-product.yml', '--scenario', scenario, '--spec-version', revision));
    }
  });

  test(`the fixture meets all requirements of ${revision}`, async (t) => {
    const { url } = await overHTTP(t, fixture);
    const output = await conform(t, url, 'expected-failures.yml', '--requirements', revision);
    const passed = output.match(/^✓/gm)?.length ?? 0;
    assert.ok(passed > 25, output);
    t.diagnostic(`${passed} lines of the summary passed; ${/^Total:.*$/m.exec(output)?.[0]}`);
  });
}

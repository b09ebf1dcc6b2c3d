// Starting and stopping the two servers under test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const { PRODUCT, FIXTURE } = process.env;
if (!PRODUCT || !FIXTURE) throw new Error('start this with run.sh, which knows the servers to test');

/** The servers, and how each is started. */
export const product = {
  name: 'product',
  command: PRODUCT,
  stdio: ['serve', '--emulator'],
  http: ['serve', '--emulator', '--http', '127.0.0.1:0'],
};
export const fixture = { name: 'fixture', command: FIXTURE, stdio: [], http: ['-http', '127.0.0.1:0'] };

/** environment is ours without what would configure the server, and with a home beside the working folder. */
export function environment(folder) {
  const own = Object.entries(process.env).filter(([key]) => !key.startsWith('MAILTRAP_'));
  const home = join(dirname(folder), 'home');
  return { ...Object.fromEntries(own), HOME: home, XDG_DATA_HOME: join(home, 'data'), MCP_INSPECTOR_SECRET_STORE: 'memory' };
}

/** workplace is a new folder, removed after the test: the server's working folder, which it may write to. */
export async function workplace(t) {
  const root = await mkdtemp(join(tmpdir(), 'mcp-e2e-'));
  await mkdir(join(root, 'home'));
  await mkdir(join(root, 'work'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return join(root, 'work');
}

/** serveHTTP starts a server over HTTP and returns its URLs. It is stopped after the test, and has to end cleanly. */
export async function serveHTTP(t, server) {
  const cwd = await workplace(t);
  const child = spawn(server.command, server.http, { cwd, env: environment(cwd), stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [code, signal] = await exited;
    clearTimeout(overdue);
    if (code !== 0) throw new Error(`${server.name} ended with ${code ?? signal}`);
  });
  const url = await listening(child, server.name);
  return { url, sse: url.replace(/\/mcp$/, '/sse') };
}

/** listening waits for the line of the log that says where. */
function listening(child, name) {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      log += chunk;
      const found = /url=(http:\/\/[\w.:[\]]+\/mcp)/.exec(log.replace(/\x1b\[[0-9;]*m/g, ''));
      if (found) resolve(found[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it listened:\n${log}`)));
  });
}

// Starting and stopping the servers under test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { later } from './later.mjs';
import { scanLog } from './logs.mjs';

const { PRODUCT, FIXTURE } = process.env;
if (!PRODUCT || !FIXTURE) throw new Error('start this with run.sh, which knows the servers to test');

/** The servers, and how each is started: over HTTP with the options of http besides. */
export const product = { name: 'product', command: PRODUCT, args: ['serve', '--emulator'], http: ['--http', '127.0.0.1:0'] };
export const fixture = { name: 'fixture', command: FIXTURE, args: [], http: ['-http', '127.0.0.1:0'] };

/** productWith is the product with more options. */
export const productWith = (...options) => ({ ...product, args: [...product.args, ...options] });

/** productAt is the product on the account of an emulator that runs on its own, with its data in a folder. */
export const productAt = (emulator, data) => ({
  ...product, args: ['serve', '--api-url', emulator, '--data', data], env: { MAILTRAP_API_TOKEN: 'emulator-token' },
});

/** onPortOf is a server at the port of one that has been stopped. */
export const onPortOf = (url, server) => ({ ...server, http: [server.http[0], new URL(url).host] });

/** environment is ours without what would configure the server, and with a home beside the working folder. */
export function environment(folder) {
  const own = Object.entries(process.env).filter(([key]) => !key.startsWith('MAILTRAP_'));
  const home = join(dirname(folder), 'home');
  return {
    ...Object.fromEntries(own), HOME: home, XDG_DATA_HOME: join(home, 'data'),
    MCP_INSPECTOR_SECRET_STORE: 'memory', MAILTRAP_MCP_LOG_LEVEL: 'debug',
  };
}

/** workplace is a new folder, removed after the test: the server's working folder, which it may write to. */
export async function workplace(t) {
  const root = await mkdtemp(join(tmpdir(), 'mcp-e2e-'));
  await mkdir(join(root, 'home'));
  await mkdir(join(root, 'work'));
  later(t, () => rm(root, { recursive: true, force: true }));
  return join(root, 'work');
}

/** overStdio is how a client starts the server. What the server logs is scanned after the test. */
export async function overStdio(t, server) {
  const cwd = await workplace(t);
  const log = join(dirname(cwd), 'stderr');
  later(t, async () => scanLog(await readFile(log, 'utf8')));
  return {
    command: 'sh', args: ['-c', 'log=$1; shift; exec "$@" 2>>"$log"', 'sh', log, server.command, ...server.args],
    cwd, env: { ...environment(cwd), ...server.env },
  };
}

/** overHTTP starts a server over HTTP and returns its URLs. It is stopped after the test, or before, and has to end cleanly. */
export async function overHTTP(t, server) {
  const { url, stop } = await start(t, server, [...server.args, ...server.http], /url=(http:\/\/[\w.:[\]]+\/mcp)/, scanLog);
  return { url, sse: url.replace(/\/mcp$/, '/sse'), stop };
}

/** startEmulator starts the Contacts API as a process of its own and returns its URL. It says on stderr how to use it. */
export const startEmulator = async (t, ...options) =>
  (await start(t, product, ['emulator', '--addr', '127.0.0.1:0', ...options], /emulated at (http:\/\/\S+)/, () => {})).url;

/** start returns what the server says of where it listens, and what stops it. */
async function start(t, server, args, where, scan) {
  const cwd = await workplace(t);
  const child = spawn(server.command, args, { cwd, env: { ...environment(cwd), ...server.env }, stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  let log = '';
  const listening = new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      log += chunk;
      const found = where.exec(log.replace(/\x1b\[[0-9;]*m/g, ''));
      if (found) resolve(found[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${server.name} ended with ${code} before it listened:\n${log}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [code, signal] = await closed;
    clearTimeout(overdue);
    if (code !== 0) throw new Error(`${server.name} ended with ${code ?? signal}`);
    scan(log);
  };
  later(t, stop);
  return { url: await listening, stop };
}

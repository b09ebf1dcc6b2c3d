// The logs of all servers are scanned when they end. A scan that finds nothing has to be one that can find something.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanLog } from './lib/logs.mjs';

test('a log that tells too much is noticed', () => {
  for (const line of [
    'INFO started token=emulator-token', 'WARN refused contact=ann@example.com', 'DEBUG GET /contacts/ann%40example.com',
    'DEBUG GET /contacts/ann%2540example.com', 'ERROR a tool panicked', 'goroutine 7 [running]:', 'ERROR cause="database is locked (5) (SQLITE_BUSY)"',
  ]) {
    assert.throws(() => scanLog(`INFO listening\n${line}\nINFO ended`), /the server has logged/, line);
  }
});

test('a log that tells nothing of the kind is let through', () => {
  scanLog('INFO listening url=http://127.0.0.1:4711/mcp\nDEBUG call answered tool=get_contact contact=a***@e***.com\n');
});

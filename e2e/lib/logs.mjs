// What must never stand in the log of a server.
import assert from 'node:assert/strict';

const forbidden = {
  'the API token': /emulator-token/,
  'an e-mail address': /[^\s*](@|%(25)*40)[^\s*]/, // a masked one has asterisks on both sides
  'a panic': /panic|^goroutine \d+ \[/im,
  'a locked file': /database is locked|SQLITE_BUSY/i,
};

/** scanLog fails when a server has logged what it must not. The log may be at any level. */
export function scanLog(log) {
  for (const [what, pattern] of Object.entries(forbidden)) {
    const line = log.split('\n').find((line) => pattern.test(line));
    assert.equal(line, undefined, `the server has logged ${what}`);
  }
}

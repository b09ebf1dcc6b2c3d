// An API that takes its time over one request, for exactly as long as a test wants.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { later } from './later.mjs';

/**
 * holding stands in front of the API at a URL and returns its own. The first request that `which` is true of is kept
 * until `release` is called; `arrived` is when it is there.
 */
export async function holding(t, api, which) {
  const arrived = Promise.withResolvers();
  const released = Promise.withResolvers();
  let held = false;
  const front = createServer(async (incoming, outgoing) => {
    if (!held && which(incoming)) {
      held = true;
      arrived.resolve();
      await released.promise;
    }
    const { method, headers } = incoming;
    const passed = request(new URL(incoming.url, api), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  later(t, () => {
    front.close();
    front.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${front.address().port}`, arrived: arrived.promise, release: released.resolve };
}

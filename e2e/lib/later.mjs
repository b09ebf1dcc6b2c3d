/** What is yet to be done at the end of a test, by its context. */
const ends = new WeakMap();

/**
 * later has something done when the test is over: the newest first, and all of it whatever fails. The runner's own hooks
 * are run oldest first, so that servers would end before their clients, and none after one that fails.
 */
export function later(t, end) {
  if (!ends.has(t)) {
    ends.set(t, []);
    t.after(() => endAll(ends.get(t)));
  }
  ends.get(t).unshift(end);
}

async function endAll(all) {
  const failures = [];
  for (const end of all) {
    try {
      await end();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
}

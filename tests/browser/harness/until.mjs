// Waits for conditions, each with a deadline and a sentence that says what was awaited.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * How long a condition may take unless a test says otherwise, in milliseconds. What the product promises has a number of
 * its own in the test; this one is only for what must happen at some time, and `PATIENCE` sets it for a busy machine.
 */
export const PATIENCE = Number(process.env.PATIENCE ?? 20_000);

/**
 * Asks `probe` until it answers with something truthy, and returns that.
 *
 * A probe that throws counts as "not yet"; what it threw last is told when the deadline passes.
 */
export async function until(what, probe, { within = PATIENCE, every = 50 } = {}) {
  const deadline = performance.now() + within;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) break;
    await pause(every);
  }
  throw new Error(`not within ${within} ms: ${what}; last seen: ${tell(last)}`, {
    cause: last instanceof Error ? last : undefined,
  });
}

/** Does `action`, waits for `probe`, and returns how long that took, in milliseconds. */
export async function timed(what, action, probe, options) {
  const start = performance.now();
  await action();
  await until(what, probe, options);
  return performance.now() - start;
}

function tell(seen) {
  if (seen instanceof Error) return seen.message;
  return JSON.stringify(seen)?.slice(0, 500) ?? String(seen);
}

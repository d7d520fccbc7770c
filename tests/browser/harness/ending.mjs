// How programs are ended.

import { once } from 'node:events';

/** Sends a program a signal and waits until it has ended. Returns its exit code; of one that had ended already, that one's. */
export async function end(program, signal) {
  if (program.exitCode !== null || program.signalCode !== null) return program.exitCode;
  const ended = once(program, 'exit');
  program.kill(signal);
  const [code] = await ended;
  return code;
}

// Programs that only root may use; who is not root may be allowed to become it.

import { execFileSync } from 'node:child_process';

const AS_ROOT = process.getuid?.() === 0 ? [] : ['sudo', '-n'];

/** Runs a program to its end. What it says on its error output is the error's message. */
export function asRoot(...command) {
  const [program, ...args] = [...AS_ROOT, ...command];
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
}

/** Why something cannot be done here, in a line. */
export function reason(error) {
  return error.message.trim().split('\n').at(-1);
}

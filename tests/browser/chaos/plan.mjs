// What happens, by a seed: every kind of fault once in an order of its own, then all of them once more, and so on.

import { dice } from '../../bench/soak/member.mjs';
import { FAULTS } from './faults.mjs';

/** Whom it happens to: the server that has the most rooms (0) half of the time, else one of the others. */
const RANKS = [0, 0, 1, 2];
/** There are as many nodes of NATS as servers. */
const NODES = 3;
/** How far a clock jumps at most, in seconds. */
const JUMP = 30 * 60;

/** Returns what happens, in its order: each kind once unless `rounds` says how often. `leftOut` tells of a kind whether it is left out. */
export function plan(seed, leftOut, rounds = Object.keys(FAULTS).filter((kind) => !leftOut(kind)).length) {
  const roll = dice(seed);
  const below = (n) => Math.floor(roll() * n);
  const made = [];
  if (Object.keys(FAULTS).every(leftOut)) throw new Error('no fault can happen here');
  // The dice are the same wherever the seed is, whatever cannot be done there.
  while (made.length < rounds) {
    for (const kind of shuffle(Object.keys(FAULTS), below)) {
      const [least, most] = FAULTS[kind].lasts;
      const lasts = least + below(most - least + 1);
      const fault = { kind, lasts, rank: RANKS[below(RANKS.length)], node: below(NODES), jump: below(2 * JUMP + 1) - JUMP };
      if (!leftOut(kind)) made.push(fault);
    }
  }
  return made.slice(0, rounds);
}

function shuffle(all, below) {
  const left = [...all];
  return all.map(() => left.splice(below(left.length), 1)[0]);
}

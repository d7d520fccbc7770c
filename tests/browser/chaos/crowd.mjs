// The members of all rooms, who talk and call all the time, and what is wrong with them at a moment.

import { setTimeout as sleep } from 'node:timers/promises';
import { dice } from '../../bench/soak/member.mjs';
import { Member } from './member.mjs';

const ROOMS = ['moon', 'hare', 'bamboo'];
const MEMBERS = 4;
/** How long one is silent between two things that it does, on average, in milliseconds. */
const PAUSE = 1_200;
/** How long one bears a server that says nothing: the half who go elsewhere at once, and those who wait as the app does. */
const PATIENCE = [2_500, 10_000];

export class Crowd {
  #over = false;
  #lives = [];

  constructor(servers, seed) {
    this.rooms = ROOMS.map((room, r) => {
      const names = Array.from({ length: MEMBERS }, (_, m) => `${room}-${m}`);
      const one = (name, m) => new Member({ servers, room, name, patience: PATIENCE[m % 2], roll: dice(seed + r * MEMBERS + m) });
      return { room, names, members: names.map(one) };
    });
    this.members = this.rooms.flatMap(({ members }) => members);
  }

  /** They come, and do what they do until `end`. */
  start() {
    this.#lives = this.members.flatMap((member) => [member.live(), this.#talk(member)]);
  }

  /** They say nothing more by themselves, but stay. */
  hush() {
    this.#over = true;
  }

  async end() {
    this.hush();
    for (const member of this.members) member.end();
    await Promise.all(this.#lives);
  }

  /** Who is not inside, or sees the others otherwise than they are: each of them once, and nobody away. */
  strayed() {
    return this.rooms.flatMap(({ names, members }) => members.flatMap((member) => strays(member, names)));
  }

  /** Everything that must not happen and has. */
  get faults() {
    return this.members.flatMap(({ name, faults }) => faults.map((fault) => `${name} ${fault}`));
  }

  async #talk(member) {
    while (!this.#over) {
      await sleep(PAUSE * 2 * member.roll());
      if (this.#over) return;
      if (member.roll() < 0.5) member.chat();
      else member.call();
    }
  }
}

function strays({ name, inside, others }, names) {
  if (!inside) return [`${name} is outside`];
  const seen = [...others.values()].map((other) => other.name + (other.away ? ' (away)' : '')).sort();
  const right = names.filter((other) => other !== name).sort();
  return seen.join() === right.join() ? [] : [`${name} sees ${seen.join(', ') || 'nobody'}`];
}

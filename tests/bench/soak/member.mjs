// One person of the soak: comes, talks, passes things on, goes and comes back, as a seed says.

import { WebSocket } from '../../browser/harness/websocket.mjs';

/** What is passed on: an offer of about 2 KB. */
const SDP = 'x'.repeat(1_900);
/** What may be answered when the one whom something was for has just gone. */
const RACES = new Set(['unknownMember']);

/** Numbers that a seed makes (mulberry32), so that a soak can be run again as it was. */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Member {
  #socket;
  #others = new Set();
  #unheard = new Set();
  #said = 0;
  #token;
  #inside;

  constructor(url, room, number, tally) {
    Object.assign(this, { url, room, number, tally, roll: dice(number) });
  }

  /** Opens a socket and comes in, as the member that it was if it knows how. */
  async come(keep = false) {
    const socket = new WebSocket(this.url, 'tsukiyo.v1');
    this.#socket = socket;
    const inside = new Promise((resolve) => (this.#inside = resolve));
    socket.addEventListener('message', ({ data }) => this.#hear(socket, JSON.parse(data)));
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket === socket) this.tally.faults.push(`${this.number}: closed with ${code}`);
    });
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error(`${this.number}: no socket`)), { once: true });
    });
    this.#join(keep && this.#token ? { resume: this.#token, keep: true } : {});
    await inside;
  }

  /** Does one thing. */
  async act() {
    const roll = this.roll();
    const others = [...this.#others];
    if (roll < 0.45 && others.length > 0) {
      const to = others[Math.floor(this.roll() * others.length)];
      this.tally.passed += 1;
      this.#say({ type: 'offer', to, handshake: { by: to, attempt: 1 }, sdp: SDP });
    } else if (roll < 0.75) {
      const nonce = `${this.number}-${(this.#said += 1)}`;
      this.#unheard.add(nonce);
      this.tally.chats += 1;
      this.#say({ type: 'chat', text: `${nonce} 月がきれいですね`, nonce });
    } else if (roll < 0.88) {
      this.#say({ type: 'media', media: { audio: roll < 0.8, video: true } });
    } else if (roll < 0.95) {
      this.tally.leaves += 1;
      const inside = new Promise((resolve) => (this.#inside = resolve));
      this.#say({ type: 'leave' });
      this.#unheard.clear();
      this.#join({});
      await inside;
    } else {
      this.tally.sockets += 1;
      await this.go();
      await this.come(this.roll() < 0.5);
    }
  }

  /** Closes the socket, and waits until it is closed. */
  async go() {
    const socket = this.#socket;
    this.#socket = null;
    this.#unheard.clear();
    await new Promise((resolve) => {
      socket.addEventListener('close', resolve, { once: true });
      socket.close(1000);
    });
  }

  /** How many messages were said and have not come back. */
  get unheard() {
    return this.#unheard.size;
  }

  #join(more) {
    this.#others.clear();
    this.#say({ type: 'join', room: this.room, name: `N${this.number}`, media: { audio: true, video: true }, ...more });
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #hear(socket, message) {
    if (this.#socket !== socket) return;
    this.tally.heard += 1;
    switch (message.type) {
      case 'joined':
        this.#token = message.resume;
        for (const { id } of message.members) this.#others.add(id);
        return this.#inside();
      case 'join':
        return this.#others.add(message.member.id);
      case 'away':
      case 'leave':
        return this.#others.delete(message.member);
      case 'offer':
        return (this.tally.arrived += 1);
      case 'chat':
        return message.nonce && this.#unheard.delete(message.nonce);
      case 'error':
        if (!RACES.has(message.code)) this.tally.faults.push(`${this.number}: ${message.code}: ${message.message}`);
    }
  }
}

// One member of the load: chats, passes on what a call passes on, and comes back through any server when its socket is lost.

import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from '../harness/websocket.mjs';
import { Log } from './log.mjs';

/** What is passed on: an offer of about 2 KB. */
const SDP = 'x'.repeat(1_900);
/** The longest rest before another try, in milliseconds. The product's grows to 5 s; here it is the servers that are measured. */
const REST = 400;
/** How long a refused message rests before it is said again. */
const AGAIN = 300;
/** How often it is looked whether the socket lives. */
const LOOK = 200;
/** What a server may answer whose store or bus is out of reach: another may do better. */
const ELSEWHERE = new Set(['unavailable', 'goingAway', 'notInRoom']);
/** What may be answered when the one whom something was for has just gone. */
const RACES = new Set(['unknownMember', 'notStored']);
/** How a socket may end: without a word, or because its server or the room's is gone. Anything else is a fault. */
const ENDS = new Set([1006, 1012]);

export class Member {
  /** What must not happen and has. */
  faults = [];
  log = new Log(this.faults);
  /** The others as this one sees them, by id. */
  others = new Map();
  /** The answers that came to its offers: who, and to which attempt. */
  answered = new Set();
  /** Who it is in the room, and whether it is inside by its own account. */
  me;
  inside = false;
  /** How often it came in. */
  stays = 0;
  #token;
  #socket;
  #said = 0;
  #attempts = 0;
  #over = false;

  /** `patience` is how long it bears a silent server, `roll` its dice. */
  constructor({ servers, room, name, patience, roll }) {
    Object.assign(this, { servers, room, name, patience, roll });
  }

  /** Is there until `end`. */
  async live() {
    while (!this.#over) {
      await this.#stay(this.#pick(this.servers));
      this.inside = false;
      if (!this.#over) await sleep(REST * (0.25 + 0.75 * this.roll()));
    }
  }

  end() {
    this.#over = true;
    this.#socket?.terminate();
  }

  /** Says something new, now or as soon as it is inside; returns what. */
  chat() {
    const nonce = `${this.name}-${(this.#said += 1)}`;
    const text = `${nonce} 月がきれいですね`;
    this.log.unheard.set(nonce, text);
    if (this.inside) this.#sayChat(nonce, text);
    return text;
  }

  /** Offers a connection to another; returns what `answered` holds when the other has answered. */
  call(to = this.#pick([...this.others.keys()])) {
    if (!this.inside || !to) return undefined;
    const attempt = (this.#attempts += 1);
    this.#say({ type: 'offer', to, handshake: { by: to, attempt }, sdp: SDP });
    return `${to} ${attempt}`;
  }

  /** One socket, from its beginning to its end. */
  #stay(server) {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, 'tsukiyo.v1', { handshakeTimeout: this.patience });
    this.#socket = socket;
    let heardAt = performance.now();
    const lives = () => (heardAt = performance.now());
    const look = setInterval(() => {
      const silence = performance.now() - heardAt;
      if (silence > this.patience) socket.terminate();
      else if (silence > this.patience / 2) this.#say({ type: 'ping' });
    }, LOOK);
    socket.on('open', () => this.#join());
    socket.on('ping', lives);
    socket.on('message', (data) => {
      lives();
      this.#hear(JSON.parse(String(data)));
    });
    // What comes of an error is seen as the end.
    socket.on('error', () => {});
    return new Promise((ended) => {
      socket.on('close', (code, why) => {
        clearInterval(look);
        if (!this.#over && !ENDS.has(code)) this.faults.push(`closed with ${code} ${why}`);
        ended();
      });
    });
  }

  #join() {
    const back = this.#token ? { resume: this.#token, keep: true } : {};
    this.#say({ type: 'join', room: this.room, name: this.name, media: { audio: true, video: true }, ...back });
  }

  #hear(message) {
    const { type, from, member } = message;
    switch (type) {
      case 'joined':
        return this.#joined(message);
      case 'join':
        return this.others.set(member.id, member);
      case 'away':
        return this.others.has(member) && this.others.set(member, { ...this.others.get(member), away: true });
      case 'leave':
        return this.others.delete(member);
      case 'history':
        return this.log.history(message.messages);
      case 'chat':
        return this.log.hear(message.message, message.nonce);
      case 'offer': {
        const { handshake } = message;
        this.#say({ type: 'answer', to: from, handshake, sdp: SDP });
        const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };
        return this.#say({ type: 'candidate', to: from, handshake, candidate });
      }
      case 'answer':
        return this.answered.add(`${from} ${message.handshake.attempt}`);
      case 'error':
        return this.#refused(message);
    }
  }

  #joined({ member, resume, members }) {
    if (this.me && this.me !== member) this.faults.push(`was ${this.me} and came back as ${member}`);
    [this.me, this.#token, this.inside] = [member, resume, true];
    this.stays += 1;
    this.others = new Map(members.map((other) => [other.id, other]));
    this.log.begin();
    for (const [nonce, text] of this.log.unheard) this.#sayChat(nonce, text);
  }

  #refused({ code, message, nonce }) {
    if (nonce && this.log.unheard.has(nonce)) {
      setTimeout(() => {
        if (this.inside && this.log.unheard.has(nonce)) this.#sayChat(nonce, this.log.unheard.get(nonce));
      }, AGAIN).unref();
    }
    if (ELSEWHERE.has(code)) this.#socket.terminate();
    else if (!RACES.has(code)) this.faults.push(`was told ${code}: ${message}`);
  }

  #sayChat(nonce, text) {
    this.log.send(text);
    this.#say({ type: 'chat', text, nonce });
  }

  #say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #pick(all) {
    return all[Math.floor(this.roll() * all.length)];
  }
}

// A client of the signaling socket that says whatever it is told to, right or wrong.

import { WebSocket } from 'ws';
import { until } from './until.mjs';

/** Opens a signaling socket and waits for the server's `hello`. */
export async function signal(server) {
  const client = new Signal(new WebSocket(`${server.url.replace('http', 'ws')}/ws`, 'tsukiyo.v1'));
  await client.hear('hello');
  return client;
}

/** Opens a socket and goes into a room. */
export async function member(server, room, name) {
  const client = await signal(server);
  await client.join(room, name);
  return client;
}

class Signal {
  /** Every message that came, oldest first. */
  heard = [];
  /** The close code, once the server closed the socket. */
  closed = null;

  constructor(socket) {
    this.socket = socket;
    socket.on('message', (data) => this.heard.push(JSON.parse(String(data))));
    socket.on('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
    // What comes of an error is seen as `closed`.
    socket.on('error', () => {});
  }

  say(message) {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  async join(room, name, media = { audio: false, video: false }) {
    this.say({ type: 'join', room, name, media });
    this.me = (await this.hear('joined')).member;
    await this.hear('history');
  }

  /** Waits for a message of that type for which `fits` holds, from the `since`th that was heard on. */
  hear(type, { fits = () => true, since = 0, within = 5_000 } = {}) {
    const probe = () => this.heard.slice(since).find((message) => message.type === type && fits(message));
    return until(`the server says ${type}`, probe, { within, every: 5 });
  }

  /** Says `message` and waits for the answer of that type. */
  async ask(message, type, options) {
    const since = this.heard.length;
    this.say(message);
    return this.hear(type, { since, ...options });
  }

  close() {
    this.socket.terminate();
  }
}

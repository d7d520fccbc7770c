// How much memory of the server an idle signaling socket takes.

import { once } from 'node:events';
import net from 'node:net';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures } from '../figures.mjs';
import { memory } from '../processes.mjs';

const COUNT = Number(process.env.SOCKETS ?? 5_000);
const AT_ONCE = 100;
const KIB = 1024;

const server = await startServer({ env: { TSUKIYO_LOG: 'warn' } });
const { port } = new URL(server.url);
const sockets = [];

try {
  // What the first sockets make the server set up for good is not theirs.
  await open(200);
  const before = await settled();
  await open(COUNT);
  const after = await settled();
  const figures = new Figures('sockets', `${COUNT} idle WebSockets on /ws, proportional set size of the server`);
  figures.atMost('memory of one idle socket', (after - before) / COUNT / KIB, 20, 'KiB');
  figures.note('memory of the server without them', before / KIB / KIB, 'MiB');
  figures.report();
} finally {
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  await server.stop();
}

async function open(count) {
  for (let left = count; left > 0; left -= AT_ONCE) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, left) }, handshake))));
  }
}

/** Opens a WebSocket by hand: a client library's buffers would take more than the server that is looked at. */
async function handshake() {
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.write(
    'GET /ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: Upgrade\r\n' +
      'sec-websocket-version: 13\r\nsec-websocket-key: dHNrdWl5by10c3VraXlvIQ==\r\n' +
      'sec-websocket-protocol: tsukiyo.v1\r\n\r\n',
  );
  let heard = '';
  while (!heard.includes('"hello"')) heard += (await once(socket, 'data'))[0].toString('latin1');
  if (!heard.startsWith('HTTP/1.1 101')) throw new Error(`no WebSocket: ${heard.slice(0, 200)}`);
  socket.on('data', (frame) => pong(socket, frame));
  socket.on('close', () => {
    throw new Error('the server closed an idle socket');
  });
  return socket;
}

/** Answers a ping, as RFC 6455 wants it of every client, so that the server has no reason to hang up. */
function pong(socket, frame) {
  if ((frame[0] & 0x0f) !== 0x9) return;
  const body = frame.subarray(2, 2 + (frame[1] & 0x7f));
  // A mask of zeros leaves the body as it is.
  socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | body.length, 0, 0, 0, 0]), body]));
}

/** The server's memory once it no longer changes. */
async function settled() {
  let last = 0;
  await until('the memory settles', () => {
    const now = memory(server.pid);
    const still = Math.abs(now - last) < 64 * KIB;
    last = now;
    return still;
  }, { every: 500, within: 20_000 });
  return last;
}

// Proof 7: whatever is said wrongly gets a clear answer, and nothing and nobody else suffers from it.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before } from 'node:test';
import { WebSocket } from 'ws';
import { INSIDE, OUTSIDE } from './bad-input/frames.mjs';
import { REQUESTS } from './bad-input/requests.mjs';
import { part, proof } from './harness/evidence.mjs';
import { startServer } from './harness/server.mjs';
import { member, signal } from './harness/signal.mjs';
import { until } from './harness/until.mjs';

const ROOM = 'quiet-room';
let server, seed, alice, bob, said;

before(async () => {
  server = await startServer();
  seed = await sendJson('POST', '/api/posts', { title: 'Seed', description: 'stays as it is', user_id: 'gardener' });
  [alice, bob] = [await member(server, ROOM, 'Alice'), await member(server, ROOM, 'Bob')];
  said = (await alice.ask({ type: 'chat', text: 'still here?', nonce: 'first' }, 'chat')).message;
});

after(async () => {
  alice?.close();
  bob?.close();
  await server?.stop();
});

proof('a wrong request is refused with a reason', async (t) => {
  for (const request of REQUESTS) {
    await part(t, request.name, async () => {
      const { status, headers, body } = await send(request);
      assert.equal(status, request.status, body.slice(0, 200));
      assert.match(headers.get('content-type') ?? '', /^application\/json/);
      assert.match(JSON.parse(body).error, request.says);
      if (request.allow) assert.match(headers.get('allow') ?? '', request.allow);
      await nothingIsLost();
    });
  }
});

proof('a connection that speaks no HTTP is closed', async (t) => {
  const lines = {
    'noise': Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]),
    'a header of 1 MB': `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(1_000_000)}\r\n\r\n`,
    'a path of 100 KB': `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
    'two lengths': 'POST /api/posts HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}',
    'chunks that are none': 'POST /api/posts HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
  };
  for (const [name, text] of Object.entries(lines)) {
    await part(t, name, async () => {
      assert.doesNotMatch(await exchange(text), /^HTTP\/1\.1 [2]/);
      await nothingIsLost();
    });
  }
});

proof('the files of the app are all that its paths lead to', async () => {
  for (const path of ['/../Cargo.toml', '/..%2f..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%5c..%5cCargo.toml']) {
    const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    assert.doesNotMatch(answer, /root:|\[workspace\]/, path);
    await nothingIsLost();
  }
});

proof('a wrong message outside of a room is refused and the socket stays', async (t) => {
  for (const [name, message, code] of OUTSIDE) {
    await part(t, name, async () => {
      const mallory = await signal(server);
      await refused(mallory, message, code);
      mallory.close();
      await nothingIsLost();
    });
  }
});

proof('a wrong message inside a room is refused and nobody hears of it', async (t) => {
  for (const [name, message, code] of INSIDE) {
    await part(t, name, async () => {
      const room = 'crossroads';
      const [carol, mallory] = [await member(server, room, 'Carol'), await member(server, room, 'Mallory')];
      await carol.hear('join', { fits: ({ member: who }) => who.id === mallory.me });
      const quiet = carol.heard.length;
      const text = JSON.stringify(message).replaceAll('SOMEBODY', carol.me).replaceAll('MYSELF', mallory.me);
      await refused(mallory, text, code);
      await carol.ask({ type: 'ping' }, 'pong');
      assert.deepEqual(carol.heard.slice(quiet).map(({ type }) => type), ['pong']);
      for (const client of [carol, mallory]) {
        client.say({ type: 'leave' });
        client.close();
      }
      await nothingIsLost();
    });
  }
});

proof('nobody can speak for another', async () => {
  const mallory = await member(server, ROOM, 'Mallory');
  const since = bob.heard.length;
  const forged = { from: alice.me, member: alice.me, memberId: alice.me, name: 'Alice', sentAt: 1, id: said.id };
  mallory.say({ type: 'chat', text: 'I am Alice', nonce: 'forged', ...forged });
  const { message } = await bob.hear('chat', { since });
  assert.deepEqual([message.memberId, message.name], [mallory.me, 'Mallory']);
  assert.notEqual(message.id, said.id);
  mallory.say({ type: 'media', media: { audio: true, video: true }, ...forged });
  assert.equal((await bob.hear('media', { since })).member, mallory.me);
  mallory.say({ type: 'accept', to: bob.me, handshake: { by: alice.me, attempt: 1 }, ...forged });
  assert.equal((await bob.hear('accept', { since })).from, mallory.me);
  mallory.say({ type: 'leave', ...forged });
  assert.equal((await bob.hear('leave', { since })).member, mallory.me);
  mallory.close();
  await nothingIsLost();
});

proof("another's resume token cannot be guessed or changed", async () => {
  const mallory = await signal(server);
  const token = alice.heard.find(({ type }) => type === 'joined').resume;
  const changed = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
  for (const resume of [changed, 'x', token.slice(0, token.length / 2)]) {
    const joined = await mallory.ask({ type: 'join', room: ROOM, name: 'Mallory', media: { audio: false, video: false }, resume, keep: true }, 'joined');
    assert.notEqual(joined.member, alice.me);
    mallory.say({ type: 'leave' });
  }
  assert.equal(alice.closed, null);
  mallory.close();
  await nothingIsLost();
});

proof('a binary frame is refused', async () => {
  const mallory = await signal(server);
  mallory.say(Buffer.from([0, 1, 2, 255]));
  await until('an error or the end', () => mallory.closed ?? mallory.heard.find(({ code }) => code === 'badMessage'));
  mallory.close();
  await nothingIsLost();
});

proof('a frame of 1 MB is refused without being read to its end', async () => {
  const mallory = await signal(server);
  mallory.say(JSON.stringify({ type: 'chat', text: 'a'.repeat(1_000_000), nonce: 'n' }));
  await until('an error or the end', () => mallory.closed ?? mallory.heard.find(({ code }) => code === 'badMessage'));
  mallory.close();
  await nothingIsLost();
});

proof('a client that floods is slowed down and then closed', async () => {
  const mallory = await member(server, ROOM, 'Mallory');
  for (let i = 0; i < 20_000 && mallory.closed === null; i++) mallory.say({ type: 'ping' });
  assert.equal((await until('the flood is closed', () => mallory.closed)).code, 1008);
  assert.ok(mallory.heard.some(({ code }) => code === 'tooFast'));
  await nothingIsLost();
});

proof('a client that keeps on talking nonsense is closed', async () => {
  const mallory = await signal(server);
  for (let i = 0; i < 100 && mallory.closed === null; i++) mallory.say('nonsense');
  assert.equal((await until('the nonsense is closed', () => mallory.closed)).code, 1008);
  await nothingIsLost();
});

proof('a client that never reads is dropped, and the others hear everything', async () => {
  const room = 'hall';
  const [talker, listener, sleeper] = [
    await member(server, room, 'Talker'),
    await member(server, room, 'Listener'),
    await member(server, room, 'Sleeper'),
  ];
  sleeper.socket.pause();
  let heard = 0;
  let to = [sleeper.me, listener.me];
  // An offer is the largest thing that one client can make the server say to another.
  const sdp = 'v'.repeat(45_000);
  const dropped = () => listener.heard.find(({ type, member: who }) => ['away', 'leave'].includes(type) && who === sleeper.me);
  for (let attempt = 1; attempt <= 900 && !dropped(); attempt++) {
    for (const whom of to) talker.say({ type: 'offer', to: whom, handshake: { by: whom, attempt }, sdp });
    await listener.hear('offer', { since: heard, fits: ({ handshake }) => handshake.attempt === attempt });
    heard = listener.heard.length - 1;
  }
  await until('the sleeper is dropped', dropped, { within: 20_000 });
  assert.equal(listener.closed, null);
  for (const client of [talker, listener, sleeper]) client.close();
  await nothingIsLost();
});

proof('a socket for which there is no path, and one that asks for another protocol, is refused', async () => {
  const base = server.url.replace('http', 'ws');
  for (const [path, protocol] of [['/nothing', 'tsukiyo.v1'], ['/ws', 'tsukiyo.v9']]) {
    const socket = new WebSocket(`${base}${path}`, protocol);
    const outcome = await new Promise((told) => {
      socket.on('open', () => told('open'));
      socket.on('error', () => told('refused'));
    });
    socket.terminate();
    assert.equal(outcome, 'refused', `${path} ${protocol}`);
  }
  await nothingIsLost();
});

async function refused(client, message, code) {
  const error = await client.ask(message, 'error');
  assert.equal(error.code, code, error.message);
  assert.ok(error.message.length > 10, 'a person must be able to understand it');
  await client.ask({ type: 'ping' }, 'pong');
}

/** The server does its work, the post and the chat are as they were, and nobody was thrown out. */
async function nothingIsLost() {
  assert.ok(await server.healthy());
  for (const client of [alice, bob]) await client.ask({ type: 'ping' }, 'pong');
  const [post, messages] = await Promise.all([
    sendJson('GET', `/api/posts/${seed.id}`),
    sendJson('GET', `/api/rooms/${ROOM}/messages`),
  ]);
  assert.deepEqual(post, seed);
  assert.deepEqual(messages.messages[0], said);
}

async function send({ method, path, body, headers }) {
  const url = `${server.url}${path.replace('SEED', seed.id)}`;
  const response = await fetch(url, { method, body: body || undefined, headers, signal: AbortSignal.timeout(20_000) });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function sendJson(method, path, value) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    body: value && JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.json();
}

/** Says `text` to the server's port and returns what it answers until one of the two closes. */
function exchange(text) {
  const { hostname, port } = new URL(server.url);
  return new Promise((answered) => {
    let answer = '';
    const socket = net.connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on('data', (data) => (answer += data));
    // A reset is an answer, too.
    socket.on('error', () => {});
    socket.on('close', () => answered(answer));
  });
}

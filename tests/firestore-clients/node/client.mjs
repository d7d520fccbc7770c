// A client of a project of its own for each test, and listeners that wait for a condition instead of for time.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { Firestore } from '@google-cloud/firestore';

export const ADDRESS = process.env.FIRESTORE_EMULATOR_HOST;
if (!ADDRESS) throw new Error('run.sh says which server to test');

/** What Google's own emulator lacks is tested of other servers only. */
export const lackedByGoogle = process.env.FIRESTORE_EMULATOR_KIND === 'google' ? "Google's emulator lacks this" : false;

const stops = new WeakMap();

/** Makes a client, of another address if need be, that is closed when the test ends. */
export function connect(t, { address = ADDRESS, ...settings } = {}) {
  // The client takes its address from the environment, and no other where one is there.
  process.env.FIRESTORE_EMULATOR_HOST = address;
  const db = new Firestore({ projectId: `t-${randomUUID()}`, ...settings });
  process.env.FIRESTORE_EMULATOR_HOST = ADDRESS;
  t.after(async () => {
    for (const stop of stops.get(t) ?? []) stop();
    await db.terminate();
  });
  return db;
}

/** Listens to a query or a document and remembers every snapshot as ids with data. */
export function listen(t, target) {
  const snapshots = [];
  let wake = () => {};
  const stop = target.onSnapshot(
    (snapshot) => {
      const documents = snapshot.docs ?? (snapshot.exists ? [snapshot] : []);
      const changes = snapshot.docs ? snapshot.docChanges().map((change) => `${change.type} ${change.doc.id}`) : [];
      snapshots.push({ shown: Object.fromEntries(documents.map((doc) => [doc.id, doc.data()])), changes, order: documents.map((doc) => doc.id) });
      wake();
    },
    (error) => {
      snapshots.push({ error });
      wake();
    },
  );
  stops.set(t, [...(stops.get(t) ?? []), stop]);
  return {
    snapshots,
    stop,
    async until(condition, within = 20_000) {
      const deadline = Date.now() + within;
      for (let seen = 0; ; ) {
        for (; seen < snapshots.length; seen++) if (condition(snapshots[seen])) return snapshots[seen];
        if (Date.now() > deadline) throw new Error(`never heard; last: ${JSON.stringify(snapshots.at(-1))}`);
        await Promise.race([new Promise((resolve) => (wake = resolve)), new Promise((resolve) => setTimeout(resolve, deadline - Date.now()).unref())]);
      }
    },
  };
}

/** A way to the server that can be cut. */
export async function proxy(t) {
  const [host, port] = ADDRESS.split(':');
  const sockets = new Set();
  let open = true;
  const server = net.createServer((socket) => {
    if (!open) return socket.destroy();
    const upstream = net.connect(Number(port), host);
    for (const [from, to] of [[socket, upstream], [upstream, socket]]) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => (sockets.delete(from), to.destroy()));
      from.pipe(to);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    assert.ok(sockets.size > 0, 'nobody came this way');
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { address: `127.0.0.1:${server.address().port}`, cut, mend: () => (open = true) };
}

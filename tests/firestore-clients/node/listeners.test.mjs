// Listeners: what they are told, that it is all of it, and that a lost connection does not matter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, listen, proxy } from './client.mjs';

const size = (snapshot) => Object.keys(snapshot.shown ?? {}).length;

test('a document is watched through its life', async (t) => {
  const doc = connect(t).doc('c/a');
  const heard = listen(t, doc);
  await heard.until((snapshot) => size(snapshot) === 0);
  await doc.set({ n: 1 });
  await heard.until(({ shown }) => shown.a?.n === 1);
  await doc.update({ n: 2 });
  await heard.until(({ shown }) => shown.a?.n === 2);
  const before = heard.snapshots.length;
  await doc.delete();
  await heard.until((snapshot) => heard.snapshots.indexOf(snapshot) >= before && size(snapshot) === 0);
});

test('a query tells what was added, modified and removed, in order', async (t) => {
  const collection = connect(t).collection('c');
  await collection.doc('a').set({ n: 1 });
  const heard = listen(t, collection.where('n', '<', 10).orderBy('n', 'desc'));
  await heard.until(({ changes }) => changes.includes('added a'));
  await collection.doc('b').set({ n: 2 });
  await heard.until(({ order }) => order.join('') === 'ba');
  await collection.doc('a').set({ n: 3 });
  await heard.until(({ order, changes }) => order.join('') === 'ab' && changes.includes('modified a'));
  await collection.doc('b').set({ n: 50 });
  await heard.until(({ changes }) => changes.includes('removed b'));
  await collection.doc('a').delete();
  await heard.until(({ changes }) => changes.includes('removed a'));
});

test('a limit is filled again, from either end', async (t) => {
  const collection = connect(t).collection('c');
  for (let n = 0; n < 5; n++) await collection.doc(`${n}`).set({ n });
  const first = listen(t, collection.orderBy('n').limit(2));
  const last = listen(t, collection.orderBy('n').limitToLast(2));
  await first.until(({ order }) => order.join('') === '01');
  await last.until(({ order }) => order.join('') === '34');
  await collection.doc('0').delete();
  await first.until(({ order }) => order.join('') === '12');
  await collection.doc('4').delete();
  await last.until(({ order }) => order.join('') === '23');
  await collection.doc('9').set({ n: 9 });
  await last.until(({ order }) => order.join('') === '39');
});

test('a batch is seen as one', async (t) => {
  const db = connect(t);
  const heard = listen(t, db.collection('c'));
  await heard.until((snapshot) => size(snapshot) === 0);
  for (let value = 0; value < 10; value++) {
    const batch = db.batch();
    for (let i = 0; i < 5; i++) batch.set(db.doc(`c/${i}`), { value });
    await batch.commit();
  }
  await heard.until(({ shown }) => shown[0]?.value === 9);
  for (const { shown } of heard.snapshots) assert.ok(new Set(Object.values(shown).map(({ value }) => value)).size <= 1);
});

test('who loses the connection misses nothing', async (t) => {
  const way = await proxy(t);
  const direct = connect(t);
  const far = connect(t, { projectId: direct.projectId, address: way.address });
  await Promise.all(['gone', 'changed', 'kept'].map((id) => direct.doc(`c/${id}`).set({ n: 0 })));
  const all = listen(t, far.collection('c'));
  const two = listen(t, far.collection('c').orderBy('n').limit(2));
  await all.until((snapshot) => size(snapshot) === 3);
  await two.until((snapshot) => size(snapshot) === 2);
  way.cut();
  await direct.doc('c/gone').delete();
  await direct.doc('c/changed').set({ n: 7 });
  await direct.doc('c/new').set({ n: -1 });
  way.mend();
  await all.until(({ order }) => order?.join() === 'changed,kept,new', 60_000);
  await two.until(({ order }) => order?.join() === 'new,kept', 60_000);
  await direct.doc('c/later').set({ n: -2 });
  await two.until(({ order }) => order?.join() === 'later,new');
});

test('a collection group is watched', async (t) => {
  const db = connect(t);
  const heard = listen(t, db.collectionGroup('sub'));
  await heard.until((snapshot) => size(snapshot) === 0);
  await db.doc('a/1/sub/x').set({});
  await db.doc('b/2/other/z').set({});
  await db.doc('b/2/sub/y').set({});
  await heard.until(({ order }) => order.join('') === 'xy');
});

test('a query that is refused tells its listener', async (t) => {
  const heard = listen(t, connect(t).collection('c').where('n', 'in', [...Array(31).keys()]));
  const { error } = await heard.until(({ error }) => error);
  assert.ok(error instanceof Error);
});

test('many listeners hear of one change', async (t) => {
  const doc = connect(t).doc('c/a');
  await doc.set({ n: 0 });
  const listeners = Array.from({ length: 50 }, () => listen(t, doc));
  await Promise.all(listeners.map((heard) => heard.until(({ shown }) => shown.a?.n === 0)));
  await doc.set({ n: 1 });
  await Promise.all(listeners.map((heard) => heard.until(({ shown }) => shown.a?.n === 1)));
});

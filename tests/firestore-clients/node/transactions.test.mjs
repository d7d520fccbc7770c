// Transactions: alone, with others, and without effect.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './client.mjs';

test('contention loses no update', async (t) => {
  const db = connect(t);
  const counter = db.doc('c/counter');
  await counter.set({ n: 0 });
  const add = () =>
    db.runTransaction(async (transaction) => {
      const found = await transaction.get(counter);
      transaction.update(counter, { n: found.get('n') + 1 });
    }, { maxAttempts: 50 });
  await Promise.all(Array.from({ length: 12 }, add));
  assert.equal((await counter.get()).get('n'), 12);
});

test('money is neither made nor lost, and nobody sees it on its way', async (t) => {
  const db = connect(t);
  const accounts = ['a', 'b', 'c', 'd'].map((id) => db.doc(`bank/${id}`));
  await Promise.all(accounts.map((account) => account.set({ n: 100 })));
  const sum = (docs) => docs.reduce((total, doc) => total + doc.get('n'), 0);
  const move = (i) =>
    db.runTransaction(async (transaction) => {
      const [source, target] = await transaction.getAll(accounts[i % 4], accounts[(i + 1 + (i % 2)) % 4]);
      transaction.update(source.ref, { n: source.get('n') - i });
      transaction.update(target.ref, { n: target.get('n') + i });
    }, { maxAttempts: 50 });
  const look = () => db.runTransaction(async (transaction) => sum((await transaction.get(db.collection('bank'))).docs), { readOnly: true });
  const work = Array.from({ length: 12 }, (_, i) => move(i));
  const seen = await Promise.all(Array.from({ length: 5 }, look));
  await Promise.all(work);
  assert.deepEqual([...seen, await look()], Array(6).fill(400));
});

test('a query that changed makes the transaction begin again', async (t) => {
  const db = connect(t);
  await db.doc('c/a').set({ on: true });
  let runs = 0;
  await db.runTransaction(async (transaction) => {
    const found = await transaction.get(db.collection('c').where('on', '==', true));
    if (++runs === 1) {
      // Not awaited: a server that locks what was read answers only when this transaction has ended.
      db.doc('c/b').set({ on: true }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    transaction.set(db.doc('other/count'), { n: found.size });
  }, { maxAttempts: 50 });
  const [count, matching] = await Promise.all([db.doc('other/count').get(), db.collection('c').get()]);
  assert.ok(runs >= 1 && count.get('n') <= matching.size);
});

test('an error rolls back', async (t) => {
  const db = connect(t);
  const failing = db.runTransaction(async (transaction) => {
    transaction.set(db.doc('c/a'), { n: 1 });
    throw new Error('on purpose');
  });
  await assert.rejects(failing, /on purpose/);
  assert.equal((await db.doc('c/a').get()).exists, false);
});

test('a read-only transaction can look into the past', async (t) => {
  const db = connect(t);
  const doc = db.doc('c/a');
  await doc.set({ n: 1 });
  const { readTime } = await doc.get();
  await doc.set({ n: 2 });
  const then = await db.runTransaction(async (transaction) => (await transaction.get(doc)).get('n'), { readOnly: true, readTime });
  assert.equal(then, 1);
});

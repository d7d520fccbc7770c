// Queries: every operator, orders, cursors, limits, groups, partitions, aggregations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AggregateField, FieldPath, Filter } from '@google-cloud/firestore';
import { connect, lackedByGoogle } from './client.mjs';

const ROWS = {
  a: { n: 1, tag: 'x', list: [1, 2] },
  b: { n: 2, tag: 'y', list: [2, 3] },
  c: { n: 3, tag: 'x', list: [3] },
  d: { n: 4, tag: 'y', list: [] },
  e: { n: 2.5, tag: 'x' },
  f: { n: null, tag: 'z' },
  g: { n: NaN, tag: 'z' },
  h: { tag: 'none' },
};

async function things(t) {
  const db = connect(t);
  const batch = db.batch();
  for (const [id, row] of Object.entries(ROWS)) batch.set(db.doc(`things/${id}`), row);
  await batch.commit();
  return db.collection('things');
}

const ids = async (query) => (await query.get()).docs.map(({ id }) => id).join('');

test('every operator', async (t) => {
  const all = await things(t);
  for (const [field, operator, operand, expected] of [
    ['n', '==', 2, 'b'],
    ['n', '!=', 2, 'gaecd'],
    ['n', '<', 3, 'abe'],
    ['n', '<=', 3, 'abec'],
    ['n', '>', 2, 'ecd'],
    ['n', '>=', 2.5, 'ecd'],
    ['tag', 'in', ['y', 'none'], 'bdh'],
    ['tag', 'not-in', ['x', 'y'], 'hfg'],
    ['list', 'array-contains', 2, 'ab'],
    ['list', 'array-contains-any', [1, 3], 'abc'],
    ['n', '==', null, 'f'],
    ['n', '!=', null, 'gabecd'],
    ['n', '==', NaN, 'g'],
    ['n', '!=', NaN, 'abecd'],
    [FieldPath.documentId(), 'in', ['b', 'g'], 'bg'],
    [FieldPath.documentId(), '>', 'f', 'gh'],
  ]) {
    assert.equal(await ids(all.where(field, operator, operand)), expected, `${field} ${operator} ${operand}`);
  }
});

test('trees of and and or', async (t) => {
  const all = await things(t);
  const either = Filter.or(Filter.where('n', '==', 1), Filter.and(Filter.where('tag', '==', 'y'), Filter.where('n', '>', 3)));
  assert.equal(await ids(all.where(either)), 'ad');
  assert.equal(await ids(all.where('tag', '==', 'x').where('n', '>', 1)), 'ec');
  assert.equal(await ids(all.where('n', '>', 1).where('tag', '>', 'x')), 'bd');
});

test('orders, limits, offsets and cursors', async (t) => {
  const all = await things(t);
  const ordered = all.orderBy('n');
  assert.equal(await ids(ordered), 'fgabecd');
  assert.equal(await ids(all.orderBy('n', 'desc')), 'dcebagf');
  assert.equal(await ids(all.orderBy('tag').orderBy('n', 'desc')), 'ceadbgf');
  assert.equal(await ids(ordered.limit(2)), 'fg');
  assert.equal(await ids(ordered.limitToLast(2)), 'cd');
  assert.equal(await ids(ordered.offset(2).limit(2)), 'ab');
  assert.equal(await ids(ordered.startAt(2)), 'becd');
  assert.equal(await ids(ordered.startAfter(2)), 'ecd');
  assert.equal(await ids(ordered.startAt(1).endBefore(3)), 'abe');
  assert.equal(await ids(ordered.startAfter(await all.doc('b').get())), 'ecd');
  assert.equal(await ids(ordered.startAt(1).endAt(3).limitToLast(2)), 'ec');
});

test('a projection', async (t) => {
  const all = await things(t);
  assert.deepEqual((await all.select('tag').limit(1).get()).docs[0].data(), { tag: 'x' });
  assert.deepEqual((await all.select().limit(1).get()).docs[0].data(), {});
});

test('aggregations', async (t) => {
  const all = await things(t);
  const numbers = all.where('n', '>=', 1);
  const found = await numbers.aggregate({ all: AggregateField.count(), sum: AggregateField.sum('n'), average: AggregateField.average('n') }).get();
  assert.deepEqual(found.data(), { all: 5, sum: 12.5, average: 2.5 });
  const none = await all.where('tag', '==', 'nothing').aggregate({ average: AggregateField.average('n'), sum: AggregateField.sum('n') }).get();
  assert.deepEqual(none.data(), { average: null, sum: 0 });
  assert.equal((await all.limit(3).count().get()).data().count, 3);
});

test('a query and an aggregation explain themselves', { skip: lackedByGoogle }, async (t) => {
  const all = await things(t);
  const numbers = all.where('n', '>=', 1);
  const planned = await numbers.explain();
  assert.equal(planned.metrics.planSummary.indexesUsed[0].properties, '(n ASC, __name__ ASC)');
  assert.deepEqual([planned.metrics.executionStats, planned.snapshot], [null, null]);
  const ran = await numbers.explain({ analyze: true });
  assert.deepEqual([ran.snapshot.size, ran.metrics.executionStats.resultsReturned, ran.metrics.executionStats.readOperations], [5, 5, 5]);
  const streamed = await numbers.explainStream({ analyze: true }).toArray();
  assert.deepEqual([streamed.length, streamed.filter(({ document }) => document).length, streamed.filter(({ metrics }) => metrics).length], [5, 5, 1]);
  const counted = await numbers.count().explain({ analyze: true });
  assert.deepEqual([counted.snapshot.data().count, counted.metrics.executionStats.resultsReturned, counted.metrics.executionStats.readOperations], [5, 1, 1]);
  assert.ok(counted.metrics.executionStats.debugStats.billing_details);
  assert.equal((await numbers.count().explain()).snapshot, null);
});

test('not-in beside an alternative', { skip: lackedByGoogle }, async (t) => {
  const all = await things(t);
  assert.equal(await ids(all.where(Filter.or(Filter.where('n', '==', 1), Filter.where('tag', 'not-in', ['x', 'y'])))), 'hafg');
});

test('collection groups look at every depth', async (t) => {
  const db = connect(t);
  for (const path of ['a/1/c/x', 'b/2/c/y', 'c/z', 'a/1/d/no', 'a/1/c/x/c/w']) await db.doc(path).set({ n: path.length });
  const paths = async (query) => (await query.get()).docs.map((doc) => doc.ref.path);
  assert.deepEqual(await paths(db.collectionGroup('c')), ['a/1/c/x', 'a/1/c/x/c/w', 'b/2/c/y', 'c/z']);
  assert.deepEqual(await paths(db.collectionGroup('c').where('n', '>=', 7).orderBy('n', 'desc')), ['a/1/c/x/c/w', 'b/2/c/y', 'a/1/c/x']);
});

test('partitions cover a group once', { skip: lackedByGoogle }, async (t) => {
  const db = connect(t);
  const batch = db.batch();
  for (let i = 0; i < 60; i++) batch.set(db.doc(`p/${i % 7}/group/${i}`), { n: i });
  await batch.commit();
  const seen = [];
  let parts = 0;
  for await (const partition of db.collectionGroup('group').getPartitions(6)) {
    parts += 1;
    for (const doc of (await partition.toQuery().get()).docs) seen.push(doc.get('n'));
  }
  assert.ok(parts > 1 && parts <= 6, `${parts} parts`);
  assert.deepEqual(seen.sort((a, b) => a - b), [...Array(60).keys()]);
});

test('what is not allowed is refused', async (t) => {
  const all = await things(t);
  for (const query of [all.where('n', 'in', [...Array(31).keys()]), all.where('n', '!=', 1).where('tag', '!=', 'x'), all.where('n', 'not-in', [...Array(11).keys()])]) {
    await assert.rejects(query.get(), (error) => error.code === 3);
  }
});

// Single documents and several at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldPath, FieldValue, GeoPoint, Timestamp } from '@google-cloud/firestore';
import { connect } from './client.mjs';

const code = (number) => (error) => error.code === number;
const [INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION] = [3, 5, 6, 9];

test('a document comes back as it was set', async (t) => {
  const db = connect(t);
  const fields = {
    nothing: null,
    yes: true,
    integer: 42,
    double: 1.5,
    infinity: Infinity,
    nan: NaN,
    text: '月 moon 🌙',
    bytes: Buffer.from([0, 255]),
    list: [1, 'two', { three: 3 }],
    map: { deep: { er: [] }, 'dotted.key': 1 },
    point: new GeoPoint(35.68, 139.76),
    reference: db.doc('c/b'),
    time: new Timestamp(1_577_934_245, 678_901_000),
    vector: FieldValue.vector([1, 2.5]),
  };
  await db.doc('c/a').set(fields);
  const found = (await db.doc('c/a').get()).data();
  assert.ok(found.reference.isEqual(fields.reference) && found.point.isEqual(fields.point) && found.time.isEqual(fields.time));
  assert.deepEqual(found.vector.toArray(), [1, 2.5]);
  for (const key of ['nothing', 'yes', 'integer', 'double', 'infinity', 'nan', 'text', 'bytes', 'list', 'map']) {
    assert.deepEqual(found[key], fields[key], key);
  }
});

test('integers of 64 bits keep all their digits', async (t) => {
  const db = connect(t, { useBigInt: true });
  await db.doc('c/a').set({ least: -(2n ** 63n), most: 2n ** 63n - 1n });
  assert.deepEqual((await db.doc('c/a').get()).data(), { least: -(2n ** 63n), most: 2n ** 63n - 1n });
});

test('create, update and delete keep their promises', async (t) => {
  const doc = connect(t).doc('c/a');
  await assert.rejects(doc.update({ n: 1 }), code(NOT_FOUND));
  await doc.create({ n: 1, map: { x: 1, y: 2 } });
  await assert.rejects(doc.create({ n: 2 }), code(ALREADY_EXISTS));
  await doc.update({ 'map.x': 9, n: FieldValue.delete() });
  await doc.update(new FieldPath('odd.name', '`'), 'here');
  assert.deepEqual((await doc.get()).data(), { map: { x: 9, y: 2 }, 'odd.name': { '`': 'here' } });
  await doc.delete();
  assert.equal((await doc.get()).exists, false);
  await doc.delete();
  await assert.rejects(doc.delete({ exists: true }), code(NOT_FOUND));
});

test('set merges all or some fields', async (t) => {
  const doc = connect(t).doc('c/a');
  await doc.set({ map: { x: 1, y: 2 } });
  await doc.set({ map: { x: 5 }, n: 1 }, { merge: true });
  await doc.set({ map: { x: 7, y: 7 }, n: 7 }, { mergeFields: ['map.y'] });
  assert.deepEqual((await doc.get()).data(), { map: { x: 5, y: 7 }, n: 1 });
});

test('transforms are computed by the server', async (t) => {
  const doc = connect(t).doc('c/a');
  await doc.set({ n: 5, list: [1, 2] });
  await doc.update({ n: FieldValue.increment(2.5), list: FieldValue.arrayUnion(2, 3), at: FieldValue.serverTimestamp(), none: FieldValue.arrayRemove(1) });
  const { at, ...rest } = (await doc.get()).data();
  assert.ok(Math.abs(at.toMillis() - Date.now()) < 60_000);
  assert.deepEqual(rest, { n: 7.5, list: [1, 2, 3], none: [] });
});

test('a precondition on the update time', async (t) => {
  const doc = connect(t).doc('c/a');
  const { writeTime } = await doc.set({ n: 1 });
  await doc.update({ n: 2 }, { lastUpdateTime: writeTime });
  await assert.rejects(doc.update({ n: 3 }, { lastUpdateTime: writeTime }), code(FAILED_PRECONDITION));
});

test('a batch happens whole or not at all', async (t) => {
  const db = connect(t);
  const batch = db.batch();
  for (let i = 0; i < 200; i++) batch.set(db.doc(`c/${i}`), { n: i });
  assert.equal((await batch.commit()).length, 200);
  const broken = db.batch().set(db.doc('c/new'), {}).update(db.doc('c/none'), { n: 1 });
  await assert.rejects(broken.commit(), code(NOT_FOUND));
  assert.equal((await db.collection('c').count().get()).data().count, 200);
});

test('the bulk writer writes everything and tells what failed', async (t) => {
  const db = connect(t);
  await db.doc('c/there').set({ n: 0 });
  const failed = [];
  const writer = db.bulkWriter();
  writer.onWriteError((error) => (failed.push(error.code), false));
  for (let i = 0; i < 300; i++) writer.create(db.doc(`c/${i}`), { n: i });
  writer.create(db.doc('c/there'), { n: 1 }).catch(() => {});
  await writer.close();
  assert.deepEqual(failed, [ALREADY_EXISTS]);
  assert.equal((await db.collection('c').count().get()).data().count, 301);
});

test('collections and documents are listed, missing ones too', async (t) => {
  const db = connect(t);
  for (const path of ['c/there', 'c/missing/sub/x', 'other/y']) await db.doc(path).set({});
  assert.deepEqual((await db.listCollections()).map(({ id }) => id).sort(), ['c', 'other']);
  assert.deepEqual((await db.doc('c/missing').listCollections()).map(({ id }) => id), ['sub']);
  assert.deepEqual((await db.collection('c').listDocuments()).map(({ id }) => id), ['missing', 'there']);
});

test('a tree is deleted', async (t) => {
  const db = connect(t);
  for (const path of ['c/a', 'c/a/sub/x', 'c/missing/sub/y', 'other/z']) await db.doc(path).set({});
  await db.recursiveDelete(db.collection('c'));
  assert.deepEqual(await db.collection('c').listDocuments(), []);
  assert.ok((await db.doc('other/z').get()).exists);
});

test('many documents are got at once', async (t) => {
  const db = connect(t);
  await db.doc('c/1').set({ n: 1, m: 1 });
  const found = await db.getAll(db.doc('c/0'), db.doc('c/1'), { fieldMask: ['n'] });
  assert.deepEqual(found.map((doc) => doc.data()), [undefined, { n: 1 }]);
});

test('what cannot be stored is refused', async (t) => {
  const db = connect(t);
  await assert.rejects(db.doc('c/__x__').set({}), code(INVALID_ARGUMENT));
  await assert.rejects(db.doc('c/a').set({ text: 'x'.repeat(1_048_576) }), code(INVALID_ARGUMENT));
});

test('databases and projects are apart', async (t) => {
  const first = connect(t);
  const second = connect(t, { projectId: first.projectId, databaseId: 'second' });
  await first.doc('c/a').set({ where: 'first' });
  assert.equal((await second.doc('c/a').get()).exists, false);
  await second.doc('c/a').set({ where: 'second' });
  assert.equal((await first.doc('c/a').get()).get('where'), 'first');
  assert.equal((await connect(t).doc('c/a').get()).exists, false);
});

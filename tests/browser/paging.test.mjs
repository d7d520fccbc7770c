// Proof 6: pages of posts lose none and repeat none, although many were written at once.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { proof } from './harness/evidence.mjs';
import { commit } from './harness/firestore.mjs';
import { startServer } from './harness/server.mjs';

const COUNT = 250;
/** How many of them share one time. */
const EQUAL = 50;
const PROJECT = 'nextjs-typescript-firestore';
const author = (n) => (n % 5 ? 'luna' : 'kaguya');
let server, written;

before(async () => {
  server = await startServer();
  written = [];
  for (let i = 0; i < COUNT - EQUAL; i += 20) {
    const some = Array.from({ length: 20 }, (_, n) => create({ title: `post ${i + n}`, user_id: author(i + n) }));
    written.push(...(await Promise.all(some)));
  }
  // The server gives each post a time of its own, so those that share one are put into the store behind its back: with
  // the time of a post in the middle, so that pages of every size break within them.
  const moment = new Date(written[100].data.regist_datetime);
  const equal = Array.from({ length: EQUAL }, (_, n) => ({
    id: `equal-${n}`,
    data: { title: `equal ${n}`, user_id: author(n), regist_datetime: moment, update_datetime: moment },
  }));
  await commit(server.firestore, PROJECT, Object.fromEntries(equal.map(({ id, data }) => [`posts/${id}`, data])));
  written.push(...equal);
});

after(() => server?.stop());

for (const limit of [1, 7, 10, 100]) {
  proof(`pages of ${limit}: newest first, each post once`, async () => {
    const read = await all(`limit=${limit}`);
    assert.equal(read.length, COUNT);
    assert.deepEqual(new Set(read.map(({ id }) => id)), new Set(written.map(({ id }) => id)));
    const times = read.map(({ data }) => data.regist_datetime);
    assert.deepEqual(times, times.toSorted().reverse());
  });
}

proof('pages of one author', async () => {
  const read = await all('limit=9&userId=kaguya');
  assert.equal(read.length, COUNT / 5);
  assert.ok(read.every(({ data }) => data.user_id === 'kaguya'));
});

proof('a page of 10 is the default, and what is posted or deleted meanwhile moves nothing', async () => {
  const first = await get('');
  assert.equal(first.length, 10);
  const late = await create({ title: 'late' });
  await fetch(`${server.url}/api/posts/${late.id}`, { method: 'DELETE' });
  const second = await get(`last=${first.at(-1).id}`);
  const together = await get('limit=20');
  assert.deepEqual([...first, ...second], together);
});

async function all(query) {
  const posts = [];
  for (;;) {
    const last = posts.length ? `&last=${posts.at(-1).id}` : '';
    const page = await get(`${query}${last}`);
    if (page.length === 0) return posts;
    posts.push(...page);
    assert.ok(posts.length <= COUNT, 'pages must come to an end');
  }
}

async function get(query) {
  const response = await fetch(`${server.url}/api/posts?${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

async function create(post) {
  const response = await fetch(`${server.url}/api/posts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(post),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

// Posts per second, on the embedded store with every write on disk, beside Express without any database.
//
// `node run.mjs [seconds a round]`, after `npm ci`. Both servers run all the time and are driven in turns, so that a
// change in the machine's load meets both.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { scratch } from '../../browser/harness/paths.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { Figures, percentile } from '../figures.mjs';
import { post } from './post.mjs';
import { HOW, wrk } from './wrk.mjs';

const SECONDS = Number(process.argv[2] ?? 5);
const ROUNDS = 5;

const folder = scratch('posts');
const body = JSON.stringify(post);
const express = spawn(process.execPath, [new URL('express.mjs', import.meta.url).pathname], {
  env: { ...process.env, NODE_ENV: 'production' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
// Whatever ends this process, the other must not outlive it.
process.on('exit', () => express.kill());
const server = await startServer({ env: { RUST_LOG: 'warn' } });

try {
  const [port] = await once(express.stdout, 'data');
  const urls = { ours: `${server.url}/api/posts`, express: `http://127.0.0.1:${Number(port)}/posts` };
  for (let n = 0; n < 10; n++) await store(urls.ours);
  await sameSize(urls);

  const measured = { GET: { ours: [], express: [] }, POST: { ours: [], express: [] } };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [method, options] of [['GET', {}], ['POST', { body, folder }]]) {
      for (const [who, url] of Object.entries(urls)) measured[method][who].push(await wrk(url, SECONDS, options));
    }
  }

  const figures = new Figures('posts', `${HOW}, medians of ${ROUNDS} rounds of ${SECONDS} s; floor is Express without a database`);
  for (const [method, most] of [['GET', 1 / 2], ['POST', 1]]) {
    const of = (who, figure) => percentile(measured[method][who].map((round) => round[figure]), 0.5);
    const [ours, theirs] = [of('ours', 'perSecond'), of('express', 'perSecond')];
    figures.beside(`${method}: time a request`, 1e6 / ours, 1e6 / theirs, most, 'µs');
    figures.note(`${method}: requests a second`, ours, '/s', theirs);
    figures.note(`${method}: p99`, of('ours', 'p99'), 'ms', of('express', 'p99'));
  }
  figures.report();
} finally {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
  express.kill();
}

async function store(url) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** A comparison of servers that say different things would be none. */
async function sameSize(urls) {
  const sizes = await Promise.all(Object.values(urls).map(async (url) => (await (await fetch(url)).arrayBuffer()).byteLength));
  const [ours, theirs] = sizes;
  if (Math.abs(ours - theirs) > 0.02 * theirs) throw new Error(`GET answers ${ours} bytes, Express ${theirs}`);
}

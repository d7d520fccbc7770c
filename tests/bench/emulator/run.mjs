// Our Firestore, every write on disk, beside Google's emulator, which keeps everything in memory.
//
// `node run.mjs [documents at most]`: how the query grows is measured up to so many; a million takes some minutes.
// Where Google's emulator is not installed there is nothing to compare with, which is said.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { ROOT, scratch } from '../../browser/harness/paths.mjs';
import { Figures, percentile } from '../figures.mjs';
import { memory } from '../processes.mjs';

const MOST = Number(process.argv[2] ?? 1_000_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const JAR = process.env.FIRESTORE_EMULATOR_JAR ?? '/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar';
const TARGET = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target');
const MB = 1024 * 1024;

const built = spawnSync('cargo', ['build', '--release', '--quiet', '-p', 'emulator', '--bins', '--examples'], { cwd: ROOT, stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const folder = scratch('emulator');
const figures = new Figures('emulator', `${SECONDS} s a figure, in turns; floor is Google's emulator, which writes nothing to disk`);
const servers = [];
try {
  const ours = await start('ours', path.join(TARGET, 'release/tsukiyo-emulator'), (port) => ['--port', port, '--no-page', '--data', path.join(folder, 'data.redb')]);
  const google = fs.existsSync(JAR)
    ? await start('google', 'java', (port) => ['-Duser.language=en', '-Xmx4g', '-cp', JAR, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore', '--host=127.0.0.1', `--port=${port}`])
    : null;
  if (!google) console.log("\n*** SKIPPED: Google's Firestore emulator is not installed: there is nothing to compare with ***\n");
  const both = [ours, google].filter(Boolean);

  compare('start to the first answer', both.map(({ started }) => started), 1 / 20, 'ms');
  compare('memory, idle', both.map(({ pid }) => memory(pid) / MB), 1 / 10, 'MB');

  for (const [clients, most] of [[1, 1], [32, 1 / 3]]) {
    const times = both.map((server) => 1e6 / load(server, 'write', clients, SECONDS).per_second);
    compare(`a write, ${clients} client${clients > 1 ? 's' : ''} (time of each)`, times, most, 'µs');
  }
  for (const server of both) load(server, 'fill', 0, 100_000);
  compare('memory, 100,000 documents', both.map(({ pid }) => memory(pid) / MB), 1 / 4, 'MB');
  compare('a read, 32 clients (time of each)', both.map((server) => 1e6 / load(server, 'read', 32, SECONDS).per_second), 1 / 3, 'µs');
  // The first queries are those that make the server look for a better way.
  for (const server of both) load(server, 'query', 1);
  compare('20 of 100,000 by equality and order', both.map((server) => load(server, 'query', SECONDS).median_ms), 1 / 10, 'ms');
  const listening = both.map((server) => load(server, 'listen', 1_000, 10).median_ms);
  compare('1,000 listeners, change to last delivery', listening, 1 / 3, 'ms');

  await listeners(ours);
  await growth();
  figures.report();
} finally {
  for (const server of servers) server.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
}

/** The same query over more and more documents, in a file of its own. */
async function growth() {
  const server = await start('growth', path.join(TARGET, 'release/tsukiyo-emulator'), (port) => ['--port', port, '--no-page', '--data', path.join(folder, 'growth.redb')]);
  let from = 0;
  for (let to = 1_000; to <= MOST; to *= 10) {
    load(server, 'fill', from, to);
    load(server, 'query', 1);
    figures.note(`the same query, ${to.toLocaleString('en')} documents`, load(server, 'query', SECONDS).median_ms, 'ms');
    from = to;
  }
  figures.note(`memory, ${from.toLocaleString('en')} documents`, memory(server.pid) / MB, 'MB');
  figures.note(`file, ${from.toLocaleString('en')} documents`, fs.statSync(path.join(folder, 'growth.redb')).size / MB, 'MB');
}

/** What 10,000 listeners weigh. */
async function listeners(server) {
  const before = memory(server.pid);
  const holder = spawn(path.join(TARGET, 'release/examples/load'), [server.address, 'hold', '10000'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  figures.note('memory a listener, of 10,000', (memory(server.pid) - before) / 10_000 / 1024, 'KB');
  holder.stdin.end();
  await once(holder, 'exit');
}

function compare(figure, [ours, google], most, unit) {
  if (google === undefined) figures.note(figure, ours, unit);
  else figures.beside(figure, ours, google, most, unit);
}

function load(server, ...args) {
  const ran = spawnSync(path.join(TARGET, 'release/examples/load'), [server.address, ...args.map(String)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (ran.status !== 0) throw new Error(`load ${args.join(' ')} failed against ${server.name}`);
  return JSON.parse(ran.stdout);
}

/** Starts a server several times, and leaves the last one running. `started` is the best time to its first answer. */
async function start(name, program, args) {
  const times = [];
  for (let round = 0; ; round++) {
    const port = await freePort();
    const began = performance.now();
    const child = spawn(program, args(String(port)), { stdio: 'ignore' });
    servers.push(child);
    await answers(port);
    times.push(performance.now() - began);
    if (round === 2) return { name, pid: child.pid, address: `127.0.0.1:${port}`, started: percentile(times, 0.5) };
    child.kill();
    await once(child, 'exit');
  }
}

async function answers(port) {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('the server does not answer');
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Proof 6: what the README tells people to type works as it is written there.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import { proof } from './harness/evidence.mjs';
import { ROOT } from './harness/paths.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

const run = promisify(execFile);
const API = '/nextjs-typescript-firestore/us-central1/api';
/** The ports that the README names. */
const AS_WRITTEN = { port: 3000, 'functions-port': 5001 };
let server, lines, rewrite;

before(async () => {
  lines = commandsOf(await fs.readFile(path.join(ROOT, 'README.md'), 'utf8'));
  const free = (await Promise.all(Object.values(AS_WRITTEN).map(isFree))).every(Boolean);
  server = await startServer({ ports: free ? AS_WRITTEN : {} });
  // Somebody else has those ports: the lines must differ from the README's in nothing but the port.
  rewrite = (line) =>
    free ? line : line.replaceAll('localhost:3000', new URL(server.url).host).replaceAll('localhost:5001', new URL(server.functions).host);
  if (!free) console.log('# ports 3000 and 5001 are taken: the lines are run with other ports');
});

after(() => server?.stop());

proof("the README's curl lines", async () => {
  const curls = lines.filter((line) => line.startsWith('curl '));
  assert.ok(curls.some((line) => line.includes('-X POST') && line.includes(`${API}/posts`)), 'the README shows how to write a post');
  assert.ok(curls.some((line) => line === `curl http://localhost:5001${API}/posts`), 'the README shows how to read posts');
  // Ids in the README stand for the id of a post that the reader has.
  const { id } = await sendJson('POST', `${server.url}/api/posts`, { title: 'from before', user_id: 'reader' });
  for (const line of curls) {
    const command = rewrite(line).replaceAll(/<\w+>|:id\b|\$ID\b|POST_ID|\{id\}/g, id);
    const { stdout } = await run('sh', ['-c', `${command} -sS --fail-with-body`], { cwd: path.join(ROOT, 'api') });
    if (/posts|rooms/.test(line) && !line.includes('DELETE')) JSON.parse(stdout);
    console.log(`# ${line} → ${stdout.slice(0, 80).replaceAll('\n', ' ')}`);
  }
});

proof('what was posted by the README’s line is what is read', async () => {
  const example = JSON.parse(await fs.readFile(path.join(ROOT, 'api/post.json'), 'utf8'));
  const post = lines.find((line) => line.includes('@post.json'));
  const { stdout } = await run('sh', ['-c', `${rewrite(post)} -sS`], { cwd: path.join(ROOT, 'api') });
  const { id, data } = JSON.parse(stdout);
  for (const [field, value] of Object.entries(example)) assert.deepEqual(data[field], value);
  assert.match(data.regist_datetime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  assert.equal(data.update_datetime, data.regist_datetime);
  const [newest] = await sendJson('GET', `${server.functions}/posts?limit=1`);
  assert.deepEqual(newest, { id, data });
});

proof("the README's wscat line", async () => {
  const line = lines.find((line) => line.startsWith('wscat '));
  const wanted = 'wscat -c ws://localhost:3000/Prod';
  assert.equal(line, wanted);
  const [first, second] = [wscat(rewrite(line)), wscat(rewrite(line))];
  try {
    await until('both are connected', () => [first, second].every(({ said }) => said().includes('Connected')));
    first.type('{ "action": "sendmessage", "data": "message" }');
    // The message goes to every connection, the sender's own included.
    for (const { said } of [first, second]) await until('the message has come', () => /^(< )?message$/m.test(said()));
    first.type('{ "action": "sendmessage", "data": "月がきれい" }');
    for (const { said } of [first, second]) await until('the moon has come', () => said().includes('月がきれい'));
  } finally {
    first.end();
    second.end();
  }
});

/** Commands in the code blocks of a page, a line that ends in a backslash joined to the next, prompts taken off. */
function commandsOf(page) {
  const blocks = [...page.matchAll(/^```(?:sh|bash|console|shell)?\n(.*?)^```/gms)].map(([, block]) => block);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'));
  return lines.map((line) => line.replace(/^\$ /, '').trim()).filter(Boolean);
}

function isFree(port) {
  return new Promise((told) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      told(false);
    });
    socket.on('error', () => told(true));
  });
}

/** Runs the line in a pseudo-terminal, which wscat wants. */
function wscat(line) {
  const child = spawn('script', ['-qec', `node_modules/.bin/${line}`, '/dev/null'], {
    cwd: import.meta.dirname ?? path.join(ROOT, 'tests/browser'),
    env: { ...process.env, TERM: 'dumb' },
  });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  return {
    // Without the terminal's own commands: colours and cursor.
    said: () => text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '\n'),
    type: (words) => child.stdin.write(`${words}\n`),
    end: () => child.kill(),
  };
}

async function sendJson(method, url, value) {
  const response = await fetch(url, { method, body: value && JSON.stringify(value), headers: { 'content-type': 'application/json' } });
  assert.ok(response.ok, `${method} ${url}: ${response.status}`);
  return response.json();
}

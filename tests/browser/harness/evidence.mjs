// Keeps what is needed to understand a failure: screenshots, consoles, the server's log.

import fs from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { ROOT } from './paths.mjs';

const FOLDER = path.join(ROOT, 'target/browser-failures');
/** How much of each log is shown beside the failure: where the tests ran, the folder may be gone with the machine. */
const LAST_LINES = 12;
const LONGEST_LINE = 300;
const witnesses = new Set();
/** Those who left before the proof's end, as all do that it ends itself. They have seen what went wrong. */
const gone = new Set();

/** Lets `witness.testify(folder)` be asked whenever a proof fails; returns what ends that. */
export function witness(witness) {
  witnesses.add(witness);
  return () => witnesses.delete(witness) && gone.add(witness);
}

/** A test that leaves its evidence behind when it fails. `options` are those of `node:test`. */
export function proof(name, ...rest) {
  const [options, body] = rest.length === 2 ? rest : [{}, ...rest];
  test(name, options, async (t) => {
    try {
      await keeping(name, body)(t);
    } finally {
      gone.clear();
    }
  });
}

/** A part of the test `t`, which leaves its evidence behind as well and lets the parts after it run. */
export function part(t, name, body) {
  return t.test(name, keeping(name, body));
}

function keeping(name, body) {
  return async (t) => {
    try {
      await body(t);
    } catch (error) {
      await keep(name);
      throw error;
    }
  };
}

async function keep(name) {
  const folder = path.join(FOLDER, name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80));
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(folder, { recursive: true });
  for (const witness of [...witnesses, ...gone]) {
    // A browser that was killed on purpose has nothing to say, and must not hide the failure itself.
    await witness.testify(folder).catch((error) => console.error(`no evidence: ${error.message}`));
  }
  console.error(`# evidence of "${name}" is in ${path.relative(ROOT, folder)}`);
  for (const log of (await fs.readdir(folder)).filter((file) => file.endsWith('.log'))) {
    const lines = (await fs.readFile(path.join(folder, log), 'utf8')).trimEnd().split('\n');
    for (const line of lines.slice(-LAST_LINES)) console.error(`#   ${log}: ${line.slice(0, LONGEST_LINE)}`);
  }
}

// The index that is written into a recording, whatever pieces the film comes in.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { WebM } from '../../platform-web/scripts/writer/webm.mjs';
import { pictures, play, probe } from './harness/film.mjs';
import { scratch } from './harness/paths.mjs';

const SECONDS = 8;
const folder = scratch('webm');
// As a browser writes it: to be broadcast, with no end and no index.
const LIVE = path.join(folder, 'live.webm');
execFileSync('ffmpeg', [
  '-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=64x36:rate=10:duration=${SECONDS}`, '-f', 'lavfi', '-i', `sine=duration=${SECONDS}`,
  '-c:v', 'libvpx', '-g', '20', '-c:a', 'libopus', '-f', 'webm', '-live', '1', '-cluster_time_limit', '700', LIVE,
]);

for (const piece of [1, 7, 1_000, 50_000, 10_000_000]) {
  test(`a film in pieces of ${piece} bytes gets its length and an index of whole pictures`, async () => {
    const film = await indexed(await fs.readFile(LIVE), piece);
    assert.equal(points(film), SECONDS / 2, 'one entrance for every whole picture');
    const file = path.join(folder, `${piece}.webm`);
    await fs.writeFile(file, film);
    const { duration } = await probe(file);
    assert.equal(duration, SECONDS);
    const { complaints, frames } = await play(file);
    assert.deepEqual([complaints, frames], ['', SECONDS * 10]);
    for (const from of [0, 2.5, 5, 7]) assert.equal((await pictures(file, { width: 64, height: 36, from, count: 1 })).length, 1);
  });
}

test('what is no WebM is left as it is', () => {
  assert.equal(new WebM().begin(new TextEncoder().encode('this is no film at all')), null);
  assert.equal(new WebM().begin(new Uint8Array()), null);
});

/** How many entrances the index at the film's end has. */
function points(film) {
  const at = film.lastIndexOf(Buffer.from([0x1c, 0x53, 0xbb, 0x6b]));
  assert.ok(at > 0, 'there is an index');
  let count = 0;
  // Its size takes one byte, or eight.
  for (let point = at + (film[at + 4] === 1 ? 12 : 5); point < film.length; point += 2 + (film[point + 1] & 0x7f)) {
    assert.equal(film[point], 0xbb);
    count++;
  }
  return count;
}

/** The film as the writer would write it. */
async function indexed(bytes, piece) {
  const webm = new WebM();
  let [begun, waiting] = [false, Buffer.alloc(0)];
  let written = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += piece) {
    const next = bytes.subarray(at, at + piece);
    if (begun) {
      webm.follow(next);
      written = Buffer.concat([written, next]);
      continue;
    }
    waiting = Buffer.concat([waiting, next]);
    const head = webm.begin(waiting);
    begun = head !== null;
    if (begun) written = Buffer.from(head);
  }
  const patches = [webm.lasting(SECONDS * 1000), ...webm.end(written.length)];
  for (const { at, bytes: patch } of patches) {
    written = Buffer.concat([written.subarray(0, at), patch, written.subarray(at + patch.length)]);
  }
  return written;
}

// What tells the voices of a recording apart: a test of the tests' own ear.

import assert from 'node:assert/strict';
import test from 'node:test';
import { amplitude } from './harness/film.mjs';

const RATE = 48_000;

/** Two seconds of a tone. After every so many samples, if it is said, it goes on half a turn later. */
const sung = (hertz, loud, jumps = Infinity) =>
  Float32Array.from({ length: 2 * RATE }, (_, at) => loud * Math.sin((2 * Math.PI * hertz * at) / RATE + Math.PI * Math.floor(at / jumps)));

test('a tone is as loud as it is, and no other is heard in it', () => {
  const samples = sung(440, 0.2);
  assert.ok(Math.abs(amplitude(samples, 440 / RATE) - 0.2) < 0.002);
  for (const other of [550, 700, 900, 1_130]) assert.ok(amplitude(samples, other / RATE) < 0.002, `${other}`);
});

test('lost samples do not make a tone silent', () => {
  assert.ok(amplitude(sung(440, 0.2, RATE / 3), 440 / RATE) > 0.18);
});

test('silence is silent', () => {
  assert.equal(amplitude(new Float32Array(RATE), 440 / RATE), 0);
  assert.equal(amplitude(new Float32Array(0), 440 / RATE), 0);
});

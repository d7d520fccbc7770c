// Proof 1: everybody in a room sees and hears everybody else, by the right names.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';

const NAMES = ['Luna', 'かぐや', 'Midori', 'Zoë O’Brien'];
let server;
const browsers = [];

before(async () => {
  server = await startServer();
  // Two processes, so that no call can succeed because its two ends share one.
  browsers.push(await startBrowser(), await startBrowser());
});

after(async () => {
  for (const browser of browsers) await browser.close();
  await server?.stop();
});

for (const count of [2, 3, 4]) {
  proof(`${count} people see and hear each other`, async () => {
    const names = NAMES.slice(0, count);
    const members = [];
    for (const [index, name] of names.entries()) {
      members.push(await enter(browsers[index % 2], server, { room: `call-of-${count}`, name }));
    }
    for (const member of members) {
      await member.sees(names.filter((name) => name !== member.name));
    }
    await Promise.all(
      members.flatMap((member) => names.filter((name) => name !== member.name).map((name) => member.seesAndHears(name))),
    );
    for (const member of members) {
      const { open, made } = await member.connections();
      assert.deepEqual({ open, made }, { open: count - 1, made: count - 1 }, `${member.name} made no connection in vain`);
    }
    for (const browser of browsers) {
      assert.deepEqual(browser.takeErrors(), []);
      await browser.empty();
    }
  });
}

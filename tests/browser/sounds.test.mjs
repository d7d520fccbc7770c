// Soft sounds for what happens in the room: really played, and not when nobody wants them.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter, openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { member } from './harness/signal.mjs';
import { until } from './harness/until.mjs';

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('coming, leaving, a raised hand and a message are heard, each in its own way', async () => {
  await browser.empty();
  const luna = await listener('sounds');
  const kaguya = await enter(browser, server, { room: 'sounds', name: 'Kaguya' });
  const came = await hears(luna, 1);
  assert.ok(came[1].hertz > came[0].hertz, 'somebody comes: upwards');
  await kaguya.page.locator('.room').press('h');
  const raised = await hears(luna, 2);
  await kaguya.openChat();
  await kaguya.say('hello');
  const said = await hears(luna, 3);
  await kaguya.leave();
  const went = await hears(luna, 4);
  assert.ok(went[1].hertz < went[0].hertz, 'somebody leaves: downwards');
  const melodies = [came, raised, said, went].map((notes) => notes.map(({ hertz }) => hertz).join());
  assert.equal(new Set(melodies).size, 4, melodies.join(' | '));
});

proof('a message is not heard while the chat is open, and nothing is once sounds are switched off', async () => {
  await browser.empty();
  const luna = await listener('quiet');
  const kaguya = await enter(browser, server, { room: 'quiet', name: 'Kaguya' });
  await hears(luna, 1);
  await kaguya.openChat();
  await luna.openChat();
  await kaguya.say('hello');
  await luna.reads(['hello']);
  await luna.page.keyboard.press('Escape');
  await switchSounds(luna);
  await kaguya.say('and again');
  await luna.page.getByRole('button', { name: 'Chat, 1 new message' }).waitFor();
  assert.equal((await played(luna)).length, 1);
  await switchSounds(luna);
  await kaguya.say('once more');
  await hears(luna, 2);
});

proof('many who come in a short time are not a carillon', async () => {
  await browser.empty();
  const luna = await listener('many');
  const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
  const guests = [];
  for (const name of names) guests.push(await member(server, 'many', name));
  await luna.sees(names);
  // Sounds keep their order, so when this one is heard there is none to come of those before.
  guests[0].say({ type: 'hand', raised: true });
  const all = await until('a raised hand is heard', async () => {
    const all = await played(luna);
    const [first, second] = all.at(-1).notes;
    return first.hertz === second.hertz && all;
  });
  const count = all.length - 1;
  assert.ok(count >= 1 && count <= 3, `${count} sounds for ${names.length} people`);
  for (const guest of guests) guest.close();
});

async function listener(room) {
  const page = await browser.person();
  await page.addInitScript(() => {
    window.played = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      // What plays and is not on the page is a sound of the page itself.
      if (!this.isConnected && this.srcObject) measure(this.srcObject, window.played[window.played.length] = { notes: notes.splice(0), loudest: 0 });
      return play.call(this);
    };
    const notes = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      notes.push({ hertz: this.frequency.value, when });
      return start.call(this, when);
    };
    function measure(stream, sound) {
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(stream).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        sound.loudest = Math.max(sound.loudest, ...samples.map(Math.abs));
      }, 20);
      setTimeout(() => (clearInterval(timer), context.close()), 1_500);
    }
  });
  const luna = await openLobby(page, server, { room, name: 'Luna' });
  await luna.join();
  return luna;
}

function played({ page }) {
  return page.evaluate(() => window.played);
}

/** Waits until so many sounds were played, and the last could be heard; returns its notes. */
async function hears(member, count) {
  const all = await until(`${member.name} hears ${count} sounds`, async () => {
    const all = await played(member);
    if (all.length < count || all[count - 1].loudest < 0.02) throw new Error(JSON.stringify(all));
    return all;
  });
  assert.equal(all.length, count, JSON.stringify(all));
  return all[count - 1].notes;
}

async function switchSounds({ page }) {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Device settings' }).click();
  await page.getByRole('switch', { name: /^Soft sounds/ }).click();
  await page.keyboard.press('Escape');
}

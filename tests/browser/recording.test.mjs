// Recordings, proven by what is in the file: everybody's moving picture in its place, everybody's voice.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'node:test';
import { startBrowser, startProfile } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { pictures, play, probe, tones } from './harness/film.mjs';
import { scratch } from './harness/paths.mjs';
import { enter, openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { field, tone } from './harness/signs.mjs';
import { startTabs } from './harness/tabs.mjs';
import { until } from './harness/until.mjs';

/** Each has a colour (as `[y, u, v]`, and which of red, green and blue that is) and a tone; none is another's harmonic. */
const PEOPLE = {
  Luna: { colour: [90, 100, 220], channel: 0, hertz: 440 },
  Kaguya: { colour: [110, 60, 60], channel: 1, hertz: 700 },
  Okina: { colour: [60, 220, 110], channel: 2, hertz: 1_130 },
};
/** How strong a tone must be at least. */
const AUDIBLE = 0.02;
/** Where nobody sings. */
const SILENT = [550, 900];

const folder = scratch('recording');
let server, browsers;

before(async () => {
  server = await startServer();
  browsers = {};
  for (const [name, { colour, hertz }] of Object.entries(PEOPLE)) {
    browsers[name] = { sound: await tone(folder, hertz), picture: await field(folder, name, colour) };
  }
});

after(async () => {
  await server?.stop();
  await fs.rm(folder, { recursive: true, force: true });
});

proof('one file has everybody in their places, moving, with their names and voices; all see that it is recorded', async () => {
  await together(['Luna', 'Kaguya', 'Okina'], 'everyone', async ([luna, kaguya, okina]) => {
    await record(luna);
    await kaguya.page.getByText('Luna is recording').waitFor();
    await okina.tile('Luna').getByRole('img', { name: 'Recording' }).waitFor();
    await lasts(luna, 6);
    const file = await save(luna, 'everyone.webm');
    await kaguya.page.getByText('Luna is recording').waitFor({ state: 'detached' });

    const { duration, video, audio } = await probe(file);
    assert.deepEqual([video.codec_name, video.width, video.height, audio.codec_name], ['vp8', 1280, 720, 'opus']);
    const { complaints, seconds, frames } = await play(file);
    assert.equal(complaints, '');
    assert.ok(Math.abs(duration - seconds) < 0.5, `says ${duration} s, plays ${seconds} s`);
    assert.ok(duration > 5 && duration < 12, `${duration} s`);
    assert.ok(frames / seconds > 5, `${frames} frames in ${seconds} s`);

    // As in the room: the others in the order in which they came, oneself last, the last row in the middle.
    const film = await pictures(file, { width: 1280, height: 720, from: 2, count: 5, rate: 2 });
    const places = { Kaguya: { x: 18, y: 9 }, Okina: { x: 644, y: 9 }, Luna: { x: 331, y: 364 } };
    for (const [name, place] of Object.entries(places)) hasItsPlace(film, name, { ...place, width: 618, height: 347 });
    const heard = await tones(file, [...Object.values(PEOPLE).map(({ hertz }) => hertz), ...SILENT], { from: 2 });
    const noise = Math.max(...heard.slice(3));
    for (const [index, name] of Object.keys(PEOPLE).entries()) {
      assert.ok(heard[index] > AUDIBLE && heard[index] > 10 * noise, `${name} is heard: ${heard}`);
    }
    await plays(luna);
  });
});

proof('what happens during a pause is not in the file, and a player can jump about in it', async () => {
  await together(['Luna'], 'pause', async ([luna]) => {
    await record(luna);
    await lasts(luna, 3);
    await luna.page.getByRole('button', { name: 'Pause', exact: true }).click();
    const paused = await seconds(luna);
    // The own picture goes on meanwhile: its clock tells how long the pause is.
    await luna.page.locator('.mine video').evaluate(async (video) => {
      const end = video.currentTime + 2.5;
      while (video.currentTime < end) await new Promise((shown) => video.requestVideoFrameCallback(shown));
    });
    assert.equal(await seconds(luna), paused, 'no time passes in a pause');
    await luna.page.getByRole('button', { name: 'Resume', exact: true }).click();
    await lasts(luna, paused + 4);
    const elapsed = await seconds(luna);
    const file = await save(luna, 'pause.webm');
    const { duration } = await probe(file);
    assert.ok(Math.abs(duration - elapsed) < 1.5, `${duration} s in the file, ${elapsed} s on the screen`);
    const { complaints, seconds: played } = await play(file);
    assert.equal(complaints, '');
    assert.ok(Math.abs(duration - played) < 0.5, `says ${duration} s, plays ${played} s`);
    await plays(luna, 4);
  });
});

proof('a screen with the own voice is recorded alone', async () => {
  await together(['Luna', 'Kaguya'], 'screen', async ([luna]) => {
    await record(luna, { what: 'A screen or a tab' });
    await lasts(luna, 4);
    const file = await save(luna, 'screen.webm');
    const [own, other] = await tones(file, [PEOPLE.Luna.hertz, PEOPLE.Kaguya.hertz]);
    assert.ok(own > AUDIBLE && own > 10 * other, `${own}, ${other}`);
    const { complaints } = await play(file);
    assert.equal(complaints, '');
    const [picture] = await pictures(file, { width: 64, height: 36, from: 2, count: 1 });
    assert.ok(new Set(picture.bytes).size > 3, 'there is something to see');
  });
});

proof('it can be MP4 as well', async () => {
  await together(['Luna'], 'mp4', async ([luna]) => {
    await record(luna, { format: 'MP4' });
    await lasts(luna, 6);
    const file = await save(luna, 'own.mp4');
    const { complaints, seconds: played } = await play(file);
    assert.equal(complaints, '');
    assert.ok(played > 4, `${played} s`);
  });
});

proof('what a crashed tab and a killed browser leave behind plays, and is offered at the next visit', async () => {
  const profile = path.join(folder, 'profile');
  let browser = await startProfile(profile, browsers.Luna);
  try {
    for (const [room, crash] of [['tab', crashTab], ['browser', () => browser.kill()]]) {
      const luna = await go(browser, room, 'Luna');
      await record(luna);
      await lasts(luna, 5);
      const recorded = await seconds(luna);
      await crash(luna.page);
      if (room === 'browser') browser = await startProfile(profile, browsers.Luna);
      const page = await browser.person();
      await page.goto(server.url);
      const kept = page.getByRole('region', { name: 'Recordings on this device' });
      await kept.waitFor();
      const file = await download(page, kept.getByRole('link', { name: 'Save' }).first(), `${room}.webm`);
      assert.match(path.basename(file), new RegExp(`^${room}.webm$`));
      const { complaints, seconds: played } = await play(file);
      assert.ok(played > recorded - 2, `${played} of ${recorded} s; ${complaints}`);
      const { duration, video, audio } = await probe(file);
      assert.ok(video && audio && duration > recorded - 2, `says ${duration} s`);
      await kept.getByRole('button', { name: 'Delete' }).click();
      await kept.getByRole('button', { name: 'Delete' }).click();
      await kept.waitFor({ state: 'detached' });
      await page.reload();
      await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
      assert.equal(await kept.count(), 0, 'what was deleted is gone');
    }
  } finally {
    await browser.close();
  }
});

proof('when the space ends it stops in good time, says so, and keeps what there is', async () => {
  // A profile on a disk: what a private window keeps in memory knows no quota.
  const browser = await startProfile(path.join(folder, 'full'), browsers.Luna);
  try {
    const luna = await go(browser, 'full', 'Luna');
    const devtools = await luna.page.context().newCDPSession(luna.page);
    const allow = (bytes) => devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize: bytes });
    await record(luna);
    await lasts(luna, 3);
    await allow(1);
    // A browser gives room by the megabyte, and takes none of it back.
    await luna.page.getByText('It was stopped because the space on this device ran out.').waitFor({ timeout: 90_000 });
    const file = await download(luna.page, luna.page.getByRole('link', { name: 'Save' }).first(), 'full.webm');
    const { complaints, seconds: played } = await play(file);
    assert.equal(complaints, '');
    assert.ok(played > 2, `${played} s`);
  } finally {
    await browser.close();
  }
});

proof('leaving the room completes the recording, and the lobby has it', async () => {
  await together(['Luna'], 'left', async ([luna]) => {
    await luna.page.keyboard.press('r');
    await luna.page.getByRole('dialog', { name: 'Record' }).waitFor();
    await luna.page.getByRole('button', { name: 'Start recording' }).click();
    await lasts(luna, 3);
    await luna.leave();
    const kept = luna.page.getByRole('region', { name: 'Recordings on this device' });
    const file = await download(luna.page, kept.getByRole('link', { name: 'Save' }), 'left.webm');
    const { complaints } = await play(file);
    assert.equal(complaints, '');
    assert.ok((await probe(file)).duration > 2);
  });
});

proof('a recording goes on, moving, in a tab that nobody looks at', async () => {
  const browser = await startTabs(path.join(folder, 'hidden'), browsers.Luna);
  try {
    const tab = await browser.open(`${server.url}/room/hidden?video=320x240@15`);
    const there = (selector) => tab((selector) => document.querySelector(selector) !== null, selector);
    const click = async (selector) => {
      await until(`${selector} is there`, () => there(selector));
      await tab((selector) => document.querySelector(selector).click(), selector);
    };
    await until('the lobby is there', () => there('#name'));
    await tab(() => {
      const field = document.querySelector('#name');
      field.value = 'Luna';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await click('form.join [type=submit]');
    await until('the room is there', () => there('.room'));
    await tab(() => document.querySelector('.room').dispatchEvent(new KeyboardEvent('keydown', { key: 'r', bubbles: true })));
    await click('.record-form [type=submit]');
    const seconds = () => tab(() => Number(document.querySelector('.record-time')?.textContent.split(':')[1]));
    await until('2 s are recorded', async () => (await seconds()) >= 2);
    await browser.open('about:blank');
    await until('the tab is hidden', async () => (await tab(() => document.visibilityState)) === 'hidden');
    const hidden = await seconds();
    await until('6 s more are recorded', async () => (await seconds()) >= hidden + 6);
    await click('.record-button:last-child');
    await until('the file is there', () => there('.kept a'));
    const text = await tab(async () => {
      const kept = await (await navigator.storage.getDirectory()).getDirectoryHandle('recordings');
      const [handle] = await Array.fromAsync(kept.values());
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    });
    const file = path.join(folder, 'hidden.webm');
    await fs.writeFile(file, Buffer.from(text, 'latin1'));
    // Five pictures a second, while the bar crosses in a second and a third.
    const film = await pictures(file, { width: 1280, height: 720, from: hidden + 1, count: 12, rate: 5 });
    const bars = film.map((picture) => bar(picture, { x: 100, y: 360, width: 1080 }));
    assert.ok(new Set(bars.map((at) => Math.round(at / 50))).size > 4, `the bar is at ${bars}`);
    const { frames, seconds: played } = await play(file);
    assert.ok(frames / played > 10, `${frames} frames in ${played} s`);
  } finally {
    await browser.close();
  }
});

/** People in a room, each with a browser of its own; the browsers are closed afterwards. */
async function together(names, room, body) {
  const open = [];
  try {
    const members = [];
    for (const name of names) {
      open.push(await startBrowser(browsers[name]));
      members.push(await go(open.at(-1), room, name));
    }
    for (const member of members) {
      for (const other of names.filter((name) => name !== member.name)) await member.seesAndHears(other);
    }
    await body(members);
  } finally {
    for (const browser of open) await browser.close();
  }
}

/** Goes in with an untouched voice: a steady tone is what noise suppression is there to remove. */
async function go(browser, room, name) {
  const page = await browser.person();
  await page.addInitScript(() => localStorage.setItem('tsukiyo.microphone.processing', '000'));
  const member = await openLobby(page, server, { room, name });
  await member.join();
  return member;
}

async function ask(member) {
  await member.page.getByRole('button', { name: 'More' }).click();
  await member.page.getByRole('button', { name: 'Record', exact: false }).click();
  await member.page.getByRole('dialog', { name: 'Record' }).waitFor();
}

async function record(member, { what, format } = {}) {
  await ask(member);
  if (what) await member.page.getByRole('radio', { name: what }).check();
  if (format) await member.page.getByRole('radio', { name: format }).check();
  await member.page.getByRole('button', { name: 'Start recording' }).click();
  await member.page.getByRole('timer').waitFor();
}

/** How long the screen says that it has recorded, in seconds. */
async function seconds(member) {
  const [minutes, rest] = (await member.page.getByRole('timer').textContent()).split(':').map(Number);
  return minutes * 60 + rest;
}

function lasts(member, wanted) {
  return until(`${wanted} s are recorded`, async () => (await seconds(member)) >= wanted, { within: 60_000 });
}

async function save(member, name) {
  await member.page.getByRole('button', { name: 'Stop', exact: true }).click();
  const dialog = member.page.getByRole('dialog', { name: 'Your recording' });
  await dialog.waitFor();
  return download(member.page, dialog.getByRole('link', { name: 'Save' }).first(), name);
}

async function download(page, link, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.match(file.suggestedFilename(), /^Tsukiyo \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d .+\.(webm|mp4)$/);
  const to = path.join(folder, name);
  await file.saveAs(to);
  return to;
}

/** The preview shows the recording; with `at`, also from that second on. */
function plays(member, at = 0) {
  return member.page.locator('video.kept-video').evaluate(async (video, at) => {
    const event = (name) => new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
    if (video.readyState < 1) await event('loadedmetadata');
    if (!Number.isFinite(video.duration)) throw new Error('it does not know how long it is');
    if (at > 0) {
      const sought = event('seeked');
      video.currentTime = at;
      await sought;
    }
    await video.play();
    await new Promise((shown) => video.requestVideoFrameCallback(shown));
    if (video.currentTime < at) throw new Error(`plays at ${video.currentTime}`);
  }, at);
}

async function crashTab(page) {
  await Promise.all([page.waitForEvent('crash'), page.goto('chrome://crash').catch(() => {})]);
  await page.close();
}

/** A person's colour fills the place, something moves in it, and a name stands in its corner. */
function hasItsPlace(film, name, { x, y, width, height }) {
  const { channel } = PEOPLE[name];
  const isOwn = (colour) => colour.every((value, index) => index === channel || colour[channel] - value > 60);
  const spots = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((across) =>
    [0.1, 0.5, 0.75].map((down) => [Math.round(x + across * width), Math.round(y + down * height)]));
  for (const picture of film) {
    const right = spots.filter(([left, top]) => isOwn(picture.at(left, top)));
    // The bar covers one column at most.
    assert.ok(right.length >= spots.length - 3, `${name} is in its place: ${spots.map(([left, top]) => picture.at(left, top)).join(' ')}`);
    assert.ok(picture.at(x + 16, y + height - 24)[channel] < 0.7 * picture.at(x + 16, y + height - 100)[channel], `${name}'s name is there`);
  }
  // Within the ring around whoever speaks.
  const bars = new Set(film.map((picture) => bar(picture, { x: x + 12, y: Math.round(y + height / 2), width: width - 24 })));
  assert.ok(bars.size > 1, `${name} moves`);
}

/** Where in a row of pixels the white bar is. */
function bar(picture, { x, y, width }) {
  const lights = Array.from({ length: width }, (_, across) => picture.at(x + across, y).reduce((sum, value) => sum + value, 0));
  return lights.indexOf(Math.max(...lights));
}

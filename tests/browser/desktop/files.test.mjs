// Files between a browser and the program, over the data channel of their connection.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { startBrowser } from '../harness/browser.mjs';
import { enterDesktop } from '../harness/desktop.mjs';
import { proof } from '../harness/evidence.mjs';
import { scratch } from '../harness/paths.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { until } from '../harness/until.mjs';
import { openWindow, startDisplay } from '../harness/window.mjs';

const MB = 1_000_000;
const folder = scratch('given');
let server, browser, display;
let open = [];

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  display = await startDisplay();
});

afterEach(async () => {
  await Promise.all(open.map((program) => program.kill()));
  open = [];
  await browser.empty();
});

after(async () => {
  await display?.close();
  await browser?.close();
  await server?.stop();
  await fs.rm(folder, { recursive: true, force: true });
});

proof('a file from the browser arrives in the program as it was, and one from the program in the browser', async () => {
  const room = 'files';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const taken = path.join(folder, 'taken');
  const kaguya = await enterDesktop(server, { room, name: 'Kaguya', files: taken, env: { XDG_CACHE_HOME: path.join(folder, 'cache') } });
  open.push(kaguya);
  await luna.seesAndHears('Kaguya');
  await luna.openChat();

  const theirs = await make('from the browser 月.bin', 8 * MB + 3);
  await give(luna, theirs);
  await until('the program has saved it', async () => (await sha256(path.join(taken, theirs.name))) === theirs.sha256);
  await state(luna, theirs, 'done');

  const ours = await make('from the program.bin', 8 * MB + 5);
  kaguya.ask({ give: ours.path });
  await luna.page.getByRole('button', { name: `Accept: ${ours.name}` }).click();
  await state(luna, ours, 'done');
  const [download] = await Promise.all([
    luna.page.waitForEvent('download'),
    luna.page.getByRole('link', { name: `Save: ${ours.name}` }).click(),
  ]);
  assert.equal(await sha256(await download.path()), ours.sha256);
  await until('the program knows', () => kaguya.status.files.filter(({ state }) => state === 'done').length === 2);
  // What is not there is given to nobody, and ends nothing.
  kaguya.ask({ give: path.join(folder, 'none') });
  await luna.seesAndHears('Kaguya');
  await kaguya.seesAndHears('Luna');

  // What came is kept for as long as the program runs, beside what the person has saved.
  assert.equal((await fs.readdir(path.join(folder, 'cache/tsukiyo/received'))).length, 1);
  assert.equal(await kaguya.leave(), 0);
  assert.equal((await fs.readdir(path.join(folder, 'cache/tsukiyo/received'))).length, 0);
});

proof('in the window a file is taken, saved among the downloads, and it says where', async () => {
  const room = 'saved';
  const home = path.join(folder, 'home');
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya', env: { HOME: home, XDG_CACHE_HOME: '' } });
  open.push(kaguya);
  await kaguya.click('Join');
  await luna.seesAndHears('Kaguya');
  await luna.openChat();
  const file = await make('moon.bin', MB + 1);
  await give(luna, file);
  await kaguya.click('Chat, 1 new message');
  await kaguya.click('Accept: moon.bin');
  await state(luna, file, 'done');
  await until('it can be saved', () => kaguya.evaluate(() => {
    const link = document.querySelector('a[download]');
    link?.click();
    return link !== null;
  }));
  const place = path.join(home, 'Downloads/moon.bin');
  await until('it says where', async () => (await kaguya.evaluate(() => document.querySelector('.saved')?.textContent ?? '')).includes(place));
  assert.equal(await sha256(place), file.sha256);

  // The system's own dialog picks what is given.
  await kaguya.click('Give files to everybody here');
  const back = await make('back.bin', 1234);
  await kaguya.choose(back.path);
  await luna.page.getByRole('button', { name: 'Accept: back.bin' }).click();
  await state(luna, back, 'done');
});

async function make(name, size) {
  const bytes = randomBytes(size);
  const file = path.join(folder, name);
  await fs.writeFile(file, bytes);
  return { name, path: file, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function sha256(file) {
  return createHash('sha256').update(await fs.readFile(file)).digest('hex');
}

async function give({ page }, file) {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Give files to everybody here' }).click(),
  ]);
  await chooser.setFiles([file.path]);
}

function state({ name, page }, file, wanted) {
  const row = page.getByRole('list', { name: 'Files' }).getByRole('listitem').filter({ hasText: file.name });
  return until(`${file.name} is ${wanted} for ${name}`, async () => {
    const state = await row.getAttribute('data-state');
    if (state !== wanted) throw new Error(state);
    return true;
  }, { within: 40_000 });
}

// Files from person to person, over the data channel of their connection.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { hasNoBarriers } from './harness/look.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

const MB = 1_000_000;
let server, browser, folder;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tsukiyo-files-'));
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await fs.rm(folder, { recursive: true, force: true });
});

proof('two files at once, one of 20 MB, arrive as they were', async () => {
  const [luna, kaguya] = await meet('files');
  const files = [await make('moon.bin', 20 * MB + 7), await make('月 (1).txt', 12)];
  await give(luna, files);
  for (const file of files) {
    await kaguya.page.getByText('Do you want this file?').first().waitFor();
    assert.match(await row(kaguya, file).innerText(), file.size > MB ? /20\.0 MB from Luna/ : /[01] kB from Luna/);
  }
  assert.deepEqual(await received(kaguya), [], 'nothing comes unasked');
  for (const file of files) await kaguya.page.getByRole('button', { name: `Accept: ${file.name}` }).click();
  for (const file of files) {
    await state(kaguya, file, 'done');
    await state(luna, file, 'done');
    const [download] = await Promise.all([
      kaguya.page.waitForEvent('download'),
      kaguya.page.getByRole('link', { name: `Save: ${file.name}` }).click(),
    ]);
    assert.equal(download.suggestedFilename(), file.name);
    assert.equal(await sha256(await download.path()), file.sha256);
  }
  await hasNoBarriers(kaguya.page);
  await kaguya.page.getByRole('button', { name: `Take off the list: ${files[0].name}` }).click();
  await until('it is gone from the disk', async () => (await received(kaguya)).length === 1);
  assert.deepEqual(browser.takeErrors(), []);
});

proof('an offer can be declined, and taken back', async () => {
  const [luna, kaguya] = await meet('declined');
  const [one, two] = [await make('one.bin', 10), await make('two.bin', 10)];
  await give(luna, [one, two]);
  await kaguya.page.getByRole('button', { name: 'Decline: one.bin' }).click();
  await luna.page.getByText('Kaguya does not want it.').waitFor();
  await luna.page.getByRole('button', { name: 'Cancel: two.bin' }).click();
  await kaguya.page.getByText('Luna has cancelled it.').waitFor();
  assert.equal(await kaguya.page.getByRole('button', { name: 'Accept: two.bin' }).count(), 0);
  assert.deepEqual(await received(kaguya), []);
});

proof('either side can cancel a file that is on its way, and nothing of it is kept', async () => {
  const [luna, kaguya] = await meet('cancelled');
  for (const [by, other, name] of [[luna, kaguya, 'by-giver.bin'], [kaguya, luna, 'by-receiver.bin']]) {
    const file = await make(name, 95 * MB);
    await give(luna, [file]);
    await kaguya.page.getByRole('button', { name: `Accept: ${name}` }).click();
    await moving(kaguya, file);
    await by.page.getByRole('button', { name: `Cancel: ${name}` }).click();
    await state(by, file, 'stopped');
    await state(other, file, 'stopped');
    await until('nothing is kept', async () => (await received(kaguya)).length === 0);
  }
  await luna.seesAndHears('Kaguya');
});

proof('when somebody leaves midway the other is told, and nothing is kept', async () => {
  const [luna, kaguya] = await meet('left');
  const file = await make('left.bin', 95 * MB);
  await give(luna, [file]);
  await kaguya.page.getByRole('button', { name: 'Accept: left.bin' }).click();
  await moving(kaguya, file);
  await luna.page.close();
  await kaguya.page.getByText('The connection to Luna was lost.').waitFor();
  await until('nothing is kept', async () => (await received(kaguya)).length === 0);
});

proof('a page that changes a byte, or gives a path for a name, gets nowhere', async () => {
  await browser.empty();
  const page = await browser.person();
  // Its offers name a path, and its data is not what its checksum is of.
  await page.addInitScript(() => {
    const { send } = RTCDataChannel.prototype;
    RTCDataChannel.prototype.send = function (data) {
      const bytes = new Uint8Array(data.buffer ? data.slice() : data);
      if (bytes[0] === 2) bytes[bytes.length - 1] ^= 1;
      if (bytes[0] !== 0) return send.call(this, bytes);
      const name = new TextEncoder().encode('../../../etc/\u202epasswd');
      return send.call(this, new Uint8Array([...bytes.slice(0, 13), ...name]));
    };
  });
  await page.goto(`${server.url}/room/hostile?video=320x240@15`);
  await page.getByLabel('Your name').fill('Luna');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  const kaguya = await enter(browser, server, { room: 'hostile', name: 'Kaguya' });
  await kaguya.sees(['Luna']);
  await kaguya.seesAndHears('Luna');
  await kaguya.openChat();
  await page.getByRole('toolbar').getByRole('button', { name: /^Chat/ }).click();
  await give({ page }, [await make('honest.bin', 3 * MB)]);
  await kaguya.page.getByRole('button', { name: 'Accept: passwd' }).click();
  await kaguya.page.getByText('What came is not the file that was offered. Nothing was kept.').waitFor();
  await page.getByText('It did not arrive at Kaguya as it should.').waitFor();
  await until('nothing is kept', async () => (await received(kaguya)).length === 0);
});

proof('a file of more than 100 MB is refused with a sentence, and offered to nobody', async () => {
  const [luna, kaguya] = await meet('large');
  const name = path.join(folder, 'large.bin');
  await fs.truncate(await fs.writeFile(name, '').then(() => name), 100 * MB + 1);
  await give(luna, [{ path: name }]);
  await luna.page.getByText('It is too large: a file has at most 100 MB.').waitFor();
  await give(luna, [await make('small.bin', 10)]);
  await kaguya.page.getByRole('button', { name: 'Accept: small.bin' }).waitFor();
  assert.equal(await kaguya.page.getByText('large.bin').count(), 0);
});

proof('an offer is counted while the chat is closed, and everybody in the room gets one', async () => {
  const [luna, kaguya] = await meet('counted');
  const midori = await enter(browser, server, { room: 'counted', name: 'Midori' });
  await midori.seesAndHears('Luna');
  await kaguya.page.keyboard.press('Escape');
  await give(luna, [await make('all.bin', 10)]);
  await kaguya.page.getByRole('button', { name: 'Chat, 1 new message' }).waitFor();
  await midori.page.getByRole('button', { name: 'Chat, 1 new message' }).waitFor();
  await kaguya.openChat();
  await kaguya.page.getByRole('button', { name: 'Accept: all.bin' }).click();
  await luna.page.getByText('Kaguya has it.').waitFor();
  await luna.page.getByText('Midori has not accepted it yet.').waitFor();
});

async function meet(room) {
  await browser.empty();
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await enter(browser, server, { room, name: 'Kaguya' });
  await kaguya.seesAndHears('Luna');
  await luna.openChat();
  await kaguya.openChat();
  return [luna, kaguya];
}

async function make(name, size) {
  const bytes = randomBytes(size);
  const file = path.join(folder, name);
  await fs.writeFile(file, bytes);
  return { name, size, path: file, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function sha256(file) {
  return createHash('sha256').update(await fs.readFile(file)).digest('hex');
}

async function give({ page }, files) {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Give files to everybody here' }).click(),
  ]);
  await chooser.setFiles(files.map((file) => file.path));
}

function row({ page }, file) {
  return page.getByRole('list', { name: 'Files' }).getByRole('listitem').filter({ hasText: file.name });
}

async function state(member, file, wanted) {
  await until(`${file.name} is ${wanted} for ${member.name}`, async () => {
    const state = await row(member, file).getAttribute('data-state');
    if (state !== wanted) throw new Error(`${state}: ${await row(member, file).innerText()}`);
    return true;
  }, { within: 60_000 });
}

/** Some of it has come, and not all of it. */
async function moving(member, file) {
  await until(`${file.name} moves`, async () => {
    const part = await row(member, file).getByRole('progressbar').getAttribute('value');
    return Number(part) >= 3;
  }, { within: 30_000, every: 10 });
}

/** What the origin's private file system has of what came. */
function received({ page }) {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('received').catch(() => null);
    const names = [];
    if (folder) for await (const name of folder.keys()) names.push(name);
    return names;
  });
}

// The desktop program with its window: what it shows is looked at on the canvases themselves.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { startBrowser } from '../harness/browser.mjs';
import { enterDesktop } from '../harness/desktop.mjs';
import { proof } from '../harness/evidence.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { scratch } from '../harness/paths.mjs';
import { until } from '../harness/until.mjs';
import { openWindow, startDisplay } from '../harness/window.mjs';

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
});

proof('a window, a browser and a program without a window are in one room', async () => {
  const room = 'mixed';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const hime = await enterDesktop(server, { room, name: 'Hime' });
  open.push(hime);
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya' });
  open.push(kaguya);
  await kaguya.click('Join');
  await Promise.all([kaguya.sees(['Hime', 'Luna']), luna.sees(['Hime', 'Kaguya']), hime.sees(['Kaguya', 'Luna'])]);
  await Promise.all([
    kaguya.seesMoving('Luna'),
    kaguya.seesMoving('Hime'),
    luna.seesAndHears('Kaguya'),
    hime.seesAndHears('Kaguya'),
  ]);
  if (process.env.TSUKIYO_SCREENSHOT) await kaguya.screenshot(process.env.TSUKIYO_SCREENSHOT);

  await kaguya.click('Microphone');
  await until('Kaguya is muted', async () => (await luna.tile('Kaguya').getAttribute('data-muted')) === 'true');
  await luna.switch('Microphone').click();
  await until('Luna is muted', async () => (await kaguya.tiles()).find(({ name }) => name === 'Luna').muted);

  // A window that nobody sees draws nothing, and the call must not mind.
  await kaguya.minimise();
  await server.restart();
  await hime.sees(['Kaguya', 'Luna']);
  await luna.seesAndHears('Kaguya', { sound: false });
  await kaguya.restore();
  await kaguya.sees(['Hime', 'Luna']);
  await kaguya.seesMoving('Luna');

  assert.equal(await kaguya.close(), 0);
  await Promise.all([luna.sees(['Hime']), hime.sees(['Luna'])]);
});

proof('without a camera and a microphone the window says so, and one can be in the room all the same', async () => {
  const room = 'bare';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya', args: [] });
  open.push(kaguya);
  const text = () => kaguya.evaluate(() => document.body.textContent);
  await until('it says what is missing', async () => (await text()).includes('Camera and microphone: none found'));
  await kaguya.click('Join');
  await kaguya.sees(['Luna']);
  await kaguya.seesMoving('Luna');
  await luna.sees(['Kaguya']);
});

proof('while the server is away the window says so, and lets one in as soon as it is back', async () => {
  const away = await startServer();
  try {
    await away.kill();
    const kaguya = await openWindow(display, away, { room: 'away', name: 'Kaguya' });
    open.push(kaguya);
    await until('it says so', async () => (await kaguya.evaluate(() => document.body.textContent)).includes('The server cannot be reached'));
    await kaguya.click('Join');
    await away.start();
    const luna = await enter(browser, away, { room: 'away', name: 'Luna' });
    await Promise.all([kaguya.seesMoving('Luna'), luna.seesAndHears('Kaguya')]);
  } finally {
    await away.stop();
  }
});

proof('a link that is opened twice opens a second window, and both are in the room', async () => {
  const luna = await enter(browser, server, { room: 'twice', name: 'Luna' });
  const args = ['tsukiyo://room/twice', '--source', 'pattern', '--video', '320x240@15'];
  for (const name of ['Kaguya', 'Hime']) {
    const window = await openWindow(display, server, { name, args });
    open.push(window);
    await window.click('Join');
    await luna.seesAndHears(name);
  }
  const [kaguya, hime] = open;
  await Promise.all([kaguya.seesMoving('Hime'), hime.seesMoving('Kaguya'), hime.seesMoving('Luna')]);
  await hime.leave();
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
});

proof('where the page can decode nothing, whole pictures are shown', async () => {
  const room = 'raw';
  const folder = scratch('nothing');
  const luna = await enter(browser, server, { room, name: 'Luna' });
  // WebKit decodes with plug-ins of GStreamer. Here it finds none.
  const env = { GST_PLUGIN_SYSTEM_PATH_1_0: folder, GST_PLUGIN_PATH_1_0: folder, GST_REGISTRY_1_0: path.join(folder, 'registry') };
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya', env });
  open.push(kaguya);
  await kaguya.click('Join');
  await kaguya.seesMoving('Luna');
  assert.equal(await kaguya.evaluate(async () => 'VideoDecoder' in window && (await VideoDecoder.isConfigSupported({ codec: 'vp8' })).supported), false);
  await luna.seesAndHears('Kaguya');
  await fs.rm(folder, { recursive: true, force: true });
});

proof('a camera that gives nothing any more is told of, and the call goes on', async () => {
  const room = 'ended';
  const folder = scratch('film');
  const film = path.join(folder, 'moon.y4m');
  await fs.writeFile(film, Buffer.concat([Buffer.from('YUV4MPEG2 W64 H48 F15:1 C420jpeg\nFRAME\n'), Buffer.alloc((64 * 48 * 3) / 2, 150)]));
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya', args: ['--source', 'pattern', '--source', film] });
  open.push(kaguya);
  await kaguya.click('Join');
  await luna.sees(['Kaguya']);
  await kaguya.seesMoving('Luna');
  await fs.truncate(film, 0);
  await until('the others know that it has no picture', async () => (await luna.tile('Kaguya').getAttribute('data-camera-off')) === 'true');
  await kaguya.seesMoving('Luna');
  await luna.seesAndHears('Kaguya', { picture: false });
  await fs.rm(folder, { recursive: true, force: true });
});

proof('the next window is as large as the last one was', async () => {
  const folder = scratch('home');
  const options = { room: 'size', name: 'Kaguya', env: { HOME: folder } };
  const first = await openWindow(display, server, options);
  open.push(first);
  await until('it is as large as usual', async () => String(await first.size()) === '1180,760');
  await first.resize(900, 640);
  assert.equal(await first.close(), 0);
  const second = await openWindow(display, server, options);
  open.push(second);
  await until('it is as large as the last one', async () => String(await second.size()) === '900,640');
  await second.kill();
  await fs.rm(folder, { recursive: true });
});

proof('a key that is held talks, also while the window is away', async () => {
  const room = 'talk';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya' });
  open.push(kaguya);
  await kaguya.click('Join');
  await luna.seesAndHears('Kaguya');
  const muted = (wanted) => until(`Kaguya is muted: ${wanted}`, async () => (await luna.tile('Kaguya').getAttribute('data-muted')) === String(wanted));
  // Who is not muted is not muted by letting go.
  await kaguya.keys('keydown', 'ctrl+alt+space');
  await kaguya.keys('keyup', 'ctrl+alt+space');
  await kaguya.click('Microphone');
  await muted(true);
  await kaguya.minimise();
  await kaguya.keys('keydown', 'ctrl+alt+space');
  await muted(false);
  await luna.seesAndHears('Kaguya', { picture: false });
  await kaguya.keys('keyup', 'ctrl+alt+space');
  await muted(true);
});

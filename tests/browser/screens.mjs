// Draws every screen as a person would see it: node screens.mjs URL FOLDER [name-part]
// It judges nothing: it makes pictures to look at. The tests beside it judge.

import { chromium } from 'playwright-core';
import fs from 'node:fs';
import path from 'node:path';

const [url, folder, only = ''] = process.argv.slice(2);
if (!url || !folder) {
  console.error('node screens.mjs URL FOLDER [name-part]');
  process.exit(2);
}

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 360, height: 740 }, side: { width: 844, height: 390 } };
const DEVICES = ['--use-fake-device-for-media-stream=fps=15', '--use-fake-ui-for-media-stream'];

fs.mkdirSync(folder, { recursive: true });
const common = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const open = (args) => chromium.launch({ executablePath, args: [...common, ...args], headless: false });
const withDevices = await open(DEVICES);
const withoutDevices = await open([]);

async function person(browser, { size = 'desk', theme = 'dark', lang = 'en', name = 'Kaguya', allow = true } = {}) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    locale: lang === 'ja' ? 'ja-JP' : 'en-GB',
    hasTouch: size !== 'desk',
    permissions: allow ? ['camera', 'microphone'] : [],
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error('page error:', error.message));
  page.on('console', (message) => message.type() === 'error' && console.error('console:', message.text()));
  await page.addInitScript((name) => localStorage.getItem('tsukiyo.name') ?? localStorage.setItem('tsukiyo.name', name), name);
  return page;
}

const submit = (page) => page.locator('form.join button[type=submit]');
const shoot = (page, name) => page.screenshot({ path: path.join(folder, `${name}.png`) });

async function enter(page, room) {
  await page.goto(`${url}/room/${encodeURIComponent(room)}`);
  await submit(page).click();
  await page.locator('.room').waitFor();
}

const screens = {
  async lobby() {
    for (const [size, theme, lang] of [['desk', 'dark', 'en'], ['desk', 'light', 'ja'], ['phone', 'dark', 'ja'], ['phone', 'light', 'en'], ['side', 'dark', 'en']]) {
      const page = await person(withDevices, { size, theme, lang });
      await page.goto(url);
      await page.locator('.preview video').waitFor();
      await page.waitForFunction(() => document.querySelector('.preview video')?.readyState > 2, null, { timeout: 5_000 }).catch((error) => console.error('preview:', error.message));
      await page.locator('.inside:not(:empty)').waitFor();
      await shoot(page, `lobby-${size}-${theme}-${lang}`);
      await page.context().close();
    }
  },
  async refused() {
    for (const [size, theme, lang] of [['desk', 'dark', 'en'], ['phone', 'light', 'ja']]) {
      const page = await person(withoutDevices, { size, theme, lang, allow: false });
      await page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      });
      await page.goto(`${url}/room/bad name`);
      await page.locator('.notice').first().waitFor();
      await page.screenshot({ path: path.join(folder, `refused-${size}.png`), fullPage: size === 'phone' });
      await page.context().close();
    }
  },
  async alone() {
    for (const [size, theme, lang] of [['desk', 'dark', 'ja'], ['phone', 'light', 'en'], ['side', 'dark', 'en']]) {
      const page = await person(withDevices, { size, theme, lang });
      await enter(page, `alone-${size}`);
      await page.locator('.alone').waitFor();
      await shoot(page, `alone-${size}`);
      await page.context().close();
    }
  },
  async many() {
    const names = ['Luna', 'Midori', 'かぐや', 'Artemis the Very Long Named', 'Selene', 'Chandra', 'Tsukuyomi', 'Diana'];
    const viewer = {};
    for (const size of Object.keys(SIZES)) {
      viewer[size] = await person(withDevices, { size, theme: size === 'phone' ? 'light' : 'dark', name: `Me ${size}` });
    }
    const others = [];
    for (const [size, page] of Object.entries(viewer)) await enter(page, 'many');
    for (const name of names.slice(0, 5)) {
      const page = await person(withDevices, { name });
      await enter(page, 'many');
      others.push(page);
      if (others.length === 2) await page.keyboard.press('v');
      if (others.length === 3) await page.keyboard.press('m');
      if ([1, 2, 5].includes(others.length)) {
        const count = 3 + others.length;
        for (const [size, page] of Object.entries(viewer)) {
          await page.waitForFunction((count) => document.querySelectorAll('.tile[data-state="connected"]').length === count, count, { timeout: 20_000 }).catch((e) => console.error(size, e.message));
          await shoot(page, `many-${count}-${size}`);
        }
      }
    }
    for (const [index, page] of others.entries()) {
      await page.keyboard.press('c');
      await page.locator('.composer textarea').fill(index === 1 ? 'Two lines,\nand <b>markup</b> 🌕' : '月がきれいですね。'.repeat(index + 1));
      await page.keyboard.press('Enter');
      await page.locator('.line').nth(index).waitFor();
    }
    for (const [size, page] of Object.entries(viewer)) {
      await page.locator('.badge').waitFor();
      await shoot(page, `unread-${size}`);
      await page.keyboard.press('c');
      await page.locator('.line').nth(4).waitFor();
      await page.locator('.composer textarea').fill('x'.repeat(3990));
      await shoot(page, `chat-${size}`);
      await page.keyboard.press('Escape');
      await page.locator('.side').waitFor({ state: 'detached' });
      await page.keyboard.press('h');
      await page.keyboard.press('p');
      await page.locator('.people').waitFor();
      await shoot(page, `people-${size}`);
      await page.keyboard.press('Escape');
      await page.locator('.side').waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.locator('.dialog').waitFor();
      await shoot(page, `help-${size}`);
      await page.keyboard.press('Escape');
    }
  },
  async recording() {
    for (const [size, theme, lang] of [['desk', 'dark', 'en'], ['desk', 'light', 'ja'], ['phone', 'dark', 'ja'], ['phone', 'light', 'en']]) {
      const name = `${size}-${theme}`;
      const other = await person(withDevices, { size, theme, lang, name: 'かぐや' });
      await enter(other, `recording-${name}`);
      const page = await person(withDevices, { size, theme, lang, name: 'Luna' });
      await enter(page, `recording-${name}`);
      await page.keyboard.press('r');
      await page.locator('.record-form').waitFor();
      await page.locator('.record-form .hint').nth(1).getByText(/GB|MB|TB/).waitFor();
      await shoot(page, `record-ask-${name}`);
      await page.locator('.record-form [type=submit]').click();
      await page.locator('.record-time').getByText('00:03').waitFor();
      await shoot(page, `record-on-${name}`);
      await shoot(other, `record-other-${name}`);
      await page.locator('.record-button').first().click();
      await page.locator('.record-bar[data-paused=true]').waitFor();
      await shoot(page, `record-paused-${name}`);
      await page.locator('.record-button').nth(1).click();
      await page.locator('.kept-video').evaluate((video) => video.readyState > 1 || new Promise((shown) => video.addEventListener('loadeddata', shown)));
      await shoot(page, `record-done-${name}`);
      await page.locator('.kept .danger').click();
      await shoot(page, `record-sure-${name}`);
      await page.keyboard.press('Escape');
      await page.locator('.control.leave').click();
      await page.locator('.leftovers').waitFor();
      await page.screenshot({ path: path.join(folder, `record-lobby-${name}.png`), fullPage: true });
      await page.context().close();
      await other.context().close();
    }
  },
  async host() {
    for (const [size, theme, lang] of [['desk', 'dark', 'en'], ['phone', 'light', 'ja'], ['desk', 'light', 'ja'], ['phone', 'dark', 'en']]) {
      const room = `host-${size}-${lang}`;
      const host = await person(withDevices, { size, theme, lang });
      await enter(host, room);
      const member = await person(withDevices, { size, theme, lang, name: 'Luna' });
      await enter(member, room);
      await host.waitForFunction(() => document.querySelectorAll('.tile[data-state="connected"]').length === 2, null, { timeout: 20_000 });
      const open = async (page) => {
        await page.locator('.menu-space > button').click();
        await page.locator('.menu-item').nth(2).click();
        await page.locator('.house').waitFor();
      };
      await open(host);
      await host.locator('.switch input').nth(1).check();
      await host.locator('#house-passcode').fill('moonlight');
      await host.locator('.house-passcode button').first().click();
      await host.locator('.house-passcode button').nth(1).waitFor();
      await host.keyboard.press('Escape');
      const guest = await person(withDevices, { size, theme, lang, name: 'Midori' });
      await guest.goto(`${url}/room/${room}`);
      await submit(guest).click();
      await guest.locator('#passcode').waitFor();
      await shoot(guest, `host-passcode-${size}-${theme}-${lang}`);
      await guest.locator('#passcode').fill('moonlight');
      await guest.keyboard.press('Enter');
      await guest.locator('.house-said').waitFor();
      await shoot(guest, `host-waiting-${size}-${theme}-${lang}`);
      await host.locator('.banner .quiet').first().waitFor();
      await shoot(host, `host-knock-${size}-${theme}-${lang}`);
      await open(host);
      await host.locator('.house-list .danger').first().click();
      await shoot(host, `host-dialog-${size}-${theme}-${lang}`);
      await host.locator('.dialog').evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight));
      await shoot(host, `host-dialog-end-${size}-${theme}-${lang}`);
      await open(member);
      await shoot(member, `host-words-${size}-${theme}-${lang}`);
      await member.keyboard.press('Escape');
      await host.locator('.house-sure .quiet').click();
      await host.keyboard.press('Escape');
      await host.locator('.tile[data-member]').hover();
      await host.locator('.tile-volume button').first().click();
      await host.locator('.house-panel').waitFor();
      await shoot(host, `host-tile-${size}-${theme}-${lang}`);
      await host.locator('.house-panel .quiet').first().click();
      await member.locator('.banner[role=alert]:not(:empty)').first().waitFor();
      await shoot(member, `host-muted-${size}-${theme}-${lang}`);
      await open(host);
      await host.locator('.house > .settings-part .danger').last().click();
      await host.locator('.house-sure .button.danger').click();
      await member.locator('.house-said').waitFor();
      await shoot(member, `host-ended-${size}-${theme}-${lang}`);
      for (const page of [host, member, guest]) await page.context().close();
    }
  },
  async posts() {
    for (const [size, theme, lang] of [['desk', 'dark', 'en'], ['phone', 'light', 'ja']]) {
      const page = await person(withoutDevices, { size, theme, lang });
      await page.goto(`${url}/posts`);
      await page.locator('.posts > .empty, .post:not(.skeleton)').first().waitFor();
      await shoot(page, `posts-empty-${size}`);
      await page.locator('.page-head .primary').click();
      await page.locator('form.post-form button[type=submit]').click();
      await page.locator('input[type=file]').setInputFiles({ name: 'big.png', mimeType: 'image/png', buffer: Buffer.alloc(800_000) });
      await page.locator('#photo-error:not(:empty)').waitFor();
      await shoot(page, `posts-form-${size}`);
      await page.locator('#post-title').fill('月見の夜 <b>and more</b>');
      await page.locator('#post-text').fill('一行目\n二行目\n'.repeat(4));
      const photo = await page.screenshot();
      await page.locator('input[type=file]').setInputFiles({ name: 'moon.png', mimeType: 'image/png', buffer: photo });
      await page.locator('.photo img').waitFor();
      await page.locator('form.post-form button[type=submit]').click();
      await page.locator('.post-page').waitFor();
      await shoot(page, `posts-read-${size}`);
      await page.locator('.actions .danger').click();
      await page.locator('.dialog').waitFor();
      await shoot(page, `posts-delete-${size}`);
      await page.keyboard.press('Escape');
      await page.locator('.back').click();
      await page.locator('.post:not(.skeleton)').first().waitFor();
      await shoot(page, `posts-list-${size}`);
      await page.route('**/api/posts**', (route) => route.abort());
      await page.goto(`${url}/posts`);
      await page.locator('.notice').waitFor();
      await shoot(page, `posts-error-${size}`);
      await page.goto(`${url}/nowhere`);
      await page.locator('.page.empty').waitFor();
      await shoot(page, `nowhere-${size}`);
      await page.context().close();
    }
  },
};

for (const [name, draw] of Object.entries(screens)) {
  if (name.includes(only)) {
    await draw().catch((error) => console.error(`${name}: ${error.message}`));
    console.log(name);
  }
}
await withDevices.close();
await withoutDevices.close();

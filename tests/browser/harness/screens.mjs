// A walk past every screen there is, in one size, theme and language. Whoever walks along looks at each: with a camera
// (`screens.mjs`) or with axe (`barriers.test.mjs`). Nothing is found by its words, since they are in any language.

import { PATIENCE, until } from './until.mjs';

export const SIZES = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  side: { viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true },
};

/** Small pictures: how a screen looks does not depend on them. */
const QUERY = 'video=320x240@15';

/**
 * Walks through all screens of a server that has nothing in it yet, and calls `visit(name, page)` at each. `only` leaves out
 * the parts whose names do not have it in them.
 */
export async function walk(browser, server, { size, theme, lang, only = '' }, visit) {
  const looks = { ...SIZES[size], colorScheme: theme, locale: lang === 'ja' ? 'ja-JP' : 'en-GB' };
  for (const [name, part] of Object.entries(parts)) {
    if (!name.includes(only)) continue;
    await part(new Walk(browser, server, looks, visit));
    await browser.empty();
  }
}

class Walk {
  constructor(browser, server, looks, visit) {
    Object.assign(this, { browser, server, looks, visit });
  }

  async person(name) {
    const page = await this.browser.person(this.looks);
    page.setDefaultTimeout(PATIENCE);
    await page.addInitScript((name) => localStorage.getItem('tsukiyo.name') ?? localStorage.setItem('tsukiyo.name', name), name);
    return page;
  }

  open(page, path) {
    return page.goto(`${this.server.url}${path}`);
  }

  async enter(name, room) {
    const page = await this.person(name);
    await this.open(page, `/room/${room}?${QUERY}`);
    await page.locator('form.join [type=submit]').click();
    await page.locator('.room').waitFor();
    return page;
  }

  /** Waits until so many others are seen. */
  connected(page, count) {
    return until(`${count} others are seen`, async () => (await page.locator('li[data-member][data-state="connected"]').count()) === count);
  }
}

/** What opens hands and reactions. */
const signs = (page) => page.locator('.menu-space > button').first();

/** What opens the side menu. */
const more = (page) => page.locator('.menu-space > button').last();

/** Opens the side menu and chooses the item with this number. */
async function menu(page, nth) {
  await more(page).click();
  await page.locator('.menu-item').nth(nth).click();
}

/** Where the items of the side menu are. */
const [INVITE, SETTINGS, STATS, HOUSE] = [3, 4, 5, 6];

async function close(page) {
  await page.keyboard.press('Escape');
  await page.locator('.dialog').waitFor({ state: 'detached' });
}

const parts = {
  async lobby(walk) {
    const page = await walk.person('かぐや');
    await walk.open(page, '/');
    await page.locator('.preview video').waitFor();
    await page.locator('.inside:not(:empty)').waitFor();
    await walk.visit('lobby', page);
    await walk.open(page, '/room/bad%20name');
    await page.locator('#room-error:not(:empty), .problem:not(:empty)').first().waitFor();
    await walk.visit('lobby-bad-name', page);
  },

  async refused(walk) {
    const page = await walk.person('かぐや');
    // A person who says no, as the browser tells it.
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await walk.open(page, '/');
    await page.locator('.notice').first().waitFor();
    await walk.visit('lobby-refused', page);
  },

  async room(walk) {
    const page = await walk.enter('かぐや', 'tsukimi');
    await page.locator('.alone').waitFor();
    await walk.visit('room-1', page);
    const others = [];
    for (const name of ['Luna', 'Artemis the Very Long Named Goddess', 'ミドリ']) {
      others.push(await walk.enter(name, 'tsukimi'));
      await walk.connected(page, others.length);
      if (others.length !== 2) await walk.visit(`room-${others.length + 1}`, page);
    }
    const [luna, artemis, midori] = others;
    await artemis.keyboard.press('v');
    await midori.keyboard.press('m');
    await luna.keyboard.press('h');
    await signs(luna).click();
    await luna.locator('.reaction').first().click();
    await page.locator('.signs span').first().waitFor();
    await walk.visit('room-hands-and-signs', page);
    await signs(page).click();
    await page.locator('.reactions').waitFor();
    await walk.visit('room-reactions', page);
    await page.keyboard.press('Escape');
    await more(page).click();
    await page.locator('.menu').waitFor();
    await walk.visit('room-menu', page);
    await page.keyboard.press('Escape');
    for (const [name, nth, ready] of [['invite', INVITE, '.qr'], ['settings', SETTINGS, '.switch'], ['stats', STATS, '.stats tbody tr'], ['house', HOUSE, '.house']]) {
      await menu(page, nth);
      await page.locator(ready).first().waitFor();
      await walk.visit(`room-${name}`, page);
      if (name === 'settings') {
        await page.locator('.dialog .hint').last().scrollIntoViewIfNeeded();
        await walk.visit('room-settings-end', page);
      }
      await close(page);
    }
    await page.keyboard.press('?');
    await page.locator('.dialog').waitFor();
    await walk.visit('room-help', page);
    await close(page);
    await page.keyboard.press('p');
    await page.locator('.people').waitFor();
    await walk.visit('room-people', page);
    await page.keyboard.press('p');
  },

  async chat(walk) {
    const page = await walk.enter('かぐや', 'hanashi');
    const luna = await walk.enter('Luna', 'hanashi');
    await walk.connected(page, 1);
    await page.keyboard.press('c');
    await page.locator('.composer').waitFor();
    await walk.visit('chat-empty', page);
    await page.keyboard.press('Escape');
    await page.locator('.side').waitFor({ state: 'detached' });
    await luna.keyboard.press('c');
    for (const text of ['月がきれいですね。', 'Two lines,\nand <b>markup</b> 🌕', 'https://www.nasa.gov/moon?phase=full#tonight']) {
      await luna.locator('.composer textarea').fill(text);
      await luna.keyboard.press('Enter');
    }
    await page.locator('.badge').waitFor();
    await walk.visit('chat-unread', page);
    await page.keyboard.press('c');
    await page.locator('.line-new').waitFor();
    await walk.visit('chat', page);
    const [chooser] = await Promise.all([luna.waitForEvent('filechooser'), luna.locator('.attach').click()]);
    const file = (name, size) => ({ name, mimeType: 'text/plain', buffer: Buffer.alloc(size, 'moon ') });
    await chooser.setFiles([file('月の写真.jpg', 2_400_000), file('a very long name of a file that does not fit.txt', 12)]);
    await page.locator('.file-ask').nth(1).waitFor();
    await walk.visit('chat-files', page);
    await page.locator('.file-ask .primary').first().click();
    await until('only one is asked about', async () => (await page.locator('.file-ask').count()) === 1);
    await page.locator('.file-ask .quiet').first().click();
    await page.locator('.file[data-state="done"]').waitFor();
    await walk.visit('chat-files-done', page);
    await walk.visit('chat-files-given', luna);
    await page.locator('.composer textarea').fill('x'.repeat(3_990));
    await walk.visit('chat-long', page);
  },

  async recording(walk) {
    const page = await walk.enter('かぐや', 'rokuga');
    const luna = await walk.enter('Luna', 'rokuga');
    await walk.connected(page, 1);
    await page.keyboard.press('r');
    await page.locator('.record-form').waitFor();
    await walk.visit('record-ask', page);
    await page.locator('.record-form [type=submit]').click();
    await page.locator('.record-time').getByText('00:02').waitFor();
    await walk.visit('record-on', page);
    await walk.visit('record-seen-by-others', luna);
    await page.locator('.record-button').nth(1).click();
    await page.locator('.kept-video').waitFor();
    await walk.visit('record-done', page);
  },

  async house(walk) {
    const host = await walk.enter('かぐや', 'monban');
    await menu(host, HOUSE);
    await host.locator('.switch input').nth(1).check();
    await host.locator('#house-passcode').fill('moonlight');
    await host.locator('.house-passcode button').first().click();
    await host.locator('.house-passcode button').nth(1).waitFor();
    await walk.visit('house', host);
    await close(host);
    const guest = await walk.person('Midori');
    await walk.open(guest, `/room/monban?${QUERY}`);
    await guest.locator('form.join [type=submit]').click();
    await guest.locator('#passcode').waitFor();
    await walk.visit('house-passcode', guest);
    await guest.locator('#passcode').fill('moonlight');
    await guest.keyboard.press('Enter');
    await guest.locator('.house-said').waitFor();
    await walk.visit('house-waiting', guest);
    await host.locator('.banner .quiet').first().waitFor();
    await walk.visit('house-knock', host);
    await host.locator('.banner .quiet').first().click();
    await guest.locator('.room').waitFor();
    await menu(host, HOUSE);
    await host.locator('.house > .settings-part .danger').last().click();
    await host.locator('.house-sure .button.danger').click();
    await guest.locator('.house-said').waitFor();
    await walk.visit('house-ended', guest);
  },

  async posts(walk) {
    const page = await walk.person('かぐや');
    await walk.open(page, '/posts');
    await page.locator('.posts > .empty').first().waitFor();
    await walk.visit('posts-empty', page);
    await page.locator('.page-head .primary').click();
    await page.locator('form.post-form [type=submit]').click();
    await page.locator('.problem:not(:empty)').first().waitFor();
    await walk.visit('posts-form', page);
    await page.locator('#post-title').fill('月見の夜 <b>and more</b>');
    await page.locator('#post-text').fill('一行目\n二行目\n'.repeat(4));
    await page.locator('form.post-form [type=submit]').click();
    await page.locator('.post-page').waitFor();
    await walk.visit('posts-read', page);
    await page.locator('.actions .danger').click();
    await page.locator('.dialog').waitFor();
    await walk.visit('posts-delete', page);
    await close(page);
    await page.locator('.back').click();
    await page.locator('.post:not(.skeleton)').first().waitFor();
    await walk.visit('posts-list', page);
    await page.route('**/api/posts**', (route) => route.abort());
    await walk.open(page, '/posts');
    await page.locator('.notice').waitFor();
    await walk.visit('posts-error', page);
    await walk.open(page, '/nowhere');
    await page.locator('.page.empty').waitFor();
    await walk.visit('nowhere', page);
  },

  async away(walk) {
    const page = await walk.enter('かぐや', 'rusu');
    await walk.server.kill();
    await page.locator('.banner:not(:empty)').first().waitFor();
    await walk.visit('room-server-away', page);
  },
};

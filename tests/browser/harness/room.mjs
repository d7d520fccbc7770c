// The lobby and the room as a person uses them: by names and roles, never by the order of elements.

import assert from 'node:assert/strict';
import { PATIENCE, until } from './until.mjs';

/** Small pictures: what is proven does not depend on their size, and the machine may be small too. */
const QUERY = 'video=320x240@15';

/** Opens the lobby with the room and the name filled in. */
export async function openLobby(page, server, { room, name, query = QUERY }) {
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${server.url}/room/${encodeURIComponent(room)}?${query}`);
  const member = new Member(page, server, room, name);
  await member.page.getByLabel('Your name').fill(name);
  return member;
}

/** Opens the lobby and goes in. */
export async function enter(browser, server, { room, name, query, options }) {
  const member = await openLobby(await browser.person(options), server, { room, name, query });
  await member.join();
  return member;
}

/** A page and the person before it. */
export class Member {
  constructor(page, server, room, name) {
    Object.assign(this, { page, server, room, name });
    this.joinButton = page.getByRole('button', { name: 'Join', exact: true });
    this.people = page.getByRole('list', { name: 'People in the room' });
    this.chatLog = page.getByRole('log');
  }

  /** Waits until all is ready that can be ready before the click: the socket, and the camera if there is one. */
  async ready() {
    await this.joinButton.waitFor();
    await this.page.locator('.preview video').evaluate((video) => new Promise((shown) => video.requestVideoFrameCallback(shown)));
    await this.page.getByText(/^(Nobody is inside yet|Inside now: )/).waitFor();
  }

  clickJoin() {
    return this.joinButton.click();
  }

  async join() {
    await this.clickJoin();
    await this.inside();
  }

  /** Waits until the room is there. */
  async inside() {
    await this.leaveButton.waitFor();
  }

  get leaveButton() {
    return this.page.getByRole('button', { name: 'Leave' });
  }

  /** The names on the others' tiles, sorted. */
  async others() {
    return (await this.people.locator('li[data-member] .name').allTextContents()).sort();
  }

  /** Waits until exactly these people are on the tiles. */
  sees(names, options) {
    const wanted = JSON.stringify([...names].sort());
    return until(`${this.name} sees ${wanted}`, async () => {
      const seen = await this.others();
      if (JSON.stringify(seen) !== wanted) throw new Error(`${this.name} sees ${JSON.stringify(seen)}`);
      return true;
    }, { every: 20, ...options });
  }

  /** The tile of another person. */
  tile(name) {
    return this.people.locator('li[data-member]').filter({ has: this.page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });
  }

  /** What has come from another person: numbers from the statistics, and a fingerprint of the picture. */
  received(name) {
    return this.tile(name).evaluate(async (tile) => {
      const video = tile.querySelector('video');
      const got = await window.__watch.received(video);
      return { ...got, picture: video?.videoWidth ? window.__watch.fingerprint(video) : 'none' };
    });
  }

  /** The tile of what another person shares. */
  screen(name) {
    return this.people.getByRole('listitem').filter({ has: this.page.locator('.name', { hasText: `${name}’s screen` }) });
  }

  get shareButton() {
    return this.page.getByRole('button', { name: 'Share the screen', exact: true });
  }

  /** Waits until the pictures of what another person shares move. */
  async seesScreen(name, { frames = 5, within = PATIENCE } = {}) {
    const look = () => this.screen(name).evaluate(async (tile) => window.__watch.received(tile.querySelector('video')));
    const before = await until(`${this.name} has a tile of ${name}'s screen`, look, { within });
    return until(`${this.name} sees ${name}'s screen`, async () => {
      const now = await look();
      if (now.frames < before.frames + frames) throw new Error(JSON.stringify({ before, now }));
      return now;
    }, { within, every: 20 });
  }

  /** Waits until more frames have been decoded, the picture has changed and sound was heard since the call of this. */
  async seesAndHears(name, { picture = true, sound = true, within = PATIENCE } = {}) {
    const before = await until(`${this.name} has a tile of ${name}`, () => this.received(name), { within });
    await until(`${this.name} sees and hears ${name}`, async () => {
      const now = await this.received(name);
      const seen = now.frames >= before.frames + 10 && now.picture !== before.picture && typeof now.picture === 'number';
      const heard = now.energy > before.energy;
      if ((picture && !seen) || (sound && !heard)) throw new Error(JSON.stringify({ before, now }));
      return true;
    }, { within, every: 100 });
  }

  /** How many connections are open, and how many there have ever been. */
  connections() {
    return this.page.evaluate(() => window.__watch.counts());
  }

  async leave() {
    await this.leaveButton.click();
  }

  /** A switch below the pictures: `Microphone` or `Camera`. */
  switch(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  async openChat() {
    if (await this.messageField.isVisible()) return;
    await this.chatButton.click();
    await this.messageField.waitFor();
  }

  get chatButton() {
    return this.page.getByRole('toolbar').getByRole('button', { name: /^Chat/ });
  }

  /** Says something in the chat, which must be open. */
  async say(text) {
    await this.messageField.fill(text);
    await this.messageField.press('Enter');
  }

  get messageField() {
    return this.page.getByLabel('Write a message');
  }

  /** The lines of the chat, oldest first. */
  lines() {
    return this.chatLog.locator('li').evaluateAll((lines) =>
      lines.map((line) => ({
        name: line.querySelector('b').textContent,
        text: line.querySelector('.line-text').textContent,
        state: line.dataset.delivery,
      })),
    );
  }

  /** The texts of the chat that are stored, oldest first. */
  async stored() {
    return (await this.lines()).filter(({ state }) => state === 'stored').map(({ text }) => text);
  }

  /** Waits until the stored texts of the chat are these. */
  async reads(texts, options) {
    await until(`${this.name} reads ${texts.length} messages`, async () => (await this.stored()).length >= texts.length, options);
    assert.deepEqual(await this.stored(), texts);
  }
}

// Rooms that not everybody makes, and posts that not everybody writes: with the operator's token, and with a sign-in.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { startIssuer } from './harness/issuer.mjs';
import { fits, hasNoBarriers } from './harness/look.mjs';
import { scratch } from './harness/paths.mjs';
import { freePorts } from './harness/ports.mjs';
import { enter, openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { signal } from './harness/signal.mjs';
import { until } from './harness/until.mjs';

const TOKEN = 'of-the-operator-0123456789';
const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
const folder = scratch('access');
let browser;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await fs.rm(folder, { recursive: true, force: true });
});

proof('with a token of the operator one makes a room, and whoever has the link follows', async () => {
  const server = await guarded();
  try {
    const luna = await openLobby(await browser.person(PHONE), server, { room: 'kept', name: 'Luna' });
    await luna.clickJoin();
    await luna.page.getByRole('heading', { name: 'This room does not exist yet' }).waitFor();
    assert.equal(await luna.page.getByRole('link', { name: 'Sign in' }).count(), 0, 'there is nothing to sign in to');
    await hasNoBarriers(luna.page);
    await fits(luna.page);
    await show(luna.page, 'not the token');
    await luna.page.getByText('That is no access token.').waitFor();
    await show(luna.page, 'not-the-token-0123456789');
    await luna.page.getByText('That access token is not good').waitFor();
    await show(luna.page, TOKEN);
    await luna.inside();
    const kaguya = await enter(browser, server, { room: 'kept', name: 'Kaguya' });
    await Promise.all([kaguya.sees(['Luna']), luna.sees(['Kaguya'])]);
    // It is remembered for as long as the tab is open, and by no other tab.
    await luna.page.goto(`${server.url}/room/another`);
    await luna.joinButton.click();
    await luna.inside();
    await kaguya.page.goto(`${server.url}/room/a-third`);
    await kaguya.joinButton.click();
    await kaguya.page.getByRole('heading', { name: 'This room does not exist yet' }).waitFor();
    assert.ok(!server.log.includes(TOKEN), 'no token is logged');
  } finally {
    await server.stop();
  }
});

proof('who writes a post without a token is asked for one and loses nothing', async () => {
  const server = await guarded();
  try {
    const page = await browser.person();
    await page.goto(`${server.url}/posts/new`);
    await page.getByLabel('Title').fill('Tsukimi');
    await page.getByLabel('Text').fill('Dumplings, 15 of them.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not everybody may write here').waitFor();
    await hasNoBarriers(page);
    await show(page, TOKEN);
    await page.getByRole('heading', { name: 'Tsukimi' }).waitFor();
    await page.getByText('Dumplings, 15 of them.').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No posts yet').waitFor();
  } finally {
    await server.stop();
  }
});

proof('a person signs in and comes back to the room, or to what was being written', async () => {
  const { server, issuer } = await withIssuer();
  try {
    const luna = await openLobby(await browser.person(), server, { room: '月見', name: 'Luna' });
    await luna.clickJoin();
    await signIn(luna.page, 'luna');
    await luna.inside();
    assert.ok(!luna.page.url().includes('access'), 'the address holds no token');
    // She is known there by now, and goes on writing where she was.
    const page = luna.page;
    await page.evaluate(() => sessionStorage.removeItem('tsukiyo.access'));
    await page.goto(`${server.url}/posts/new`);
    await page.getByLabel('Title').fill('Tsukimi');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await until('what was written is there again', async () => (await page.getByLabel('Title').inputValue()) === 'Tsukimi');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Tsukimi' }).waitFor();
  } finally {
    await server.stop();
    issuer.stop();
  }
});

proof('who may not, or says no, is told so and is no maker of rooms', async () => {
  const { server, issuer } = await withIssuer();
  try {
    const eve = await openLobby(await browser.person(), server, { room: 'eve', name: 'Eve' });
    await eve.clickJoin();
    await signIn(eve.page, 'eve');
    await eve.page.getByText('You were not signed in, or you may not do this.').waitFor();
    const other = await openLobby(await browser.person(), server, { room: 'other', name: 'Kaguya' });
    await other.clickJoin();
    await other.page.getByRole('link', { name: 'Sign in' }).click();
    await other.page.getByRole('link', { name: /cancel/i }).click();
    await other.page.getByText('You were not signed in, or you may not do this.').waitFor();
    await hasNoBarriers(other.page);
    assert.match(server.log, /somebody could not sign in/);
    // An answer that this browser has not asked for is no answer.
    const forged = await fetch(`${server.url}/sign-in/done?code=abc&state=def`, { redirect: 'manual' });
    assert.deepEqual([forged.status, forged.headers.get('location')], [303, '/#access=']);
    const elsewhere = await fetch(`${server.url}/sign-in?back=//evil.example`, { redirect: 'manual' });
    const sealed = elsewhere.headers.get('set-cookie');
    assert.match(sealed, /HttpOnly; SameSite=Lax/);
    assert.equal(elsewhere.headers.get('cache-control'), 'no-store');
    const journey = JSON.parse(Buffer.from(sealed.split('=')[1].split('.')[0], 'base64url'));
    assert.equal(journey.back, '/', 'nobody is led to another site');
  } finally {
    await server.stop();
    issuer.stop();
  }
});

proof('a program shows a token of the issuer, whose keys may change and who may be away', async () => {
  const { server, issuer } = await withIssuer({ require: '' });
  try {
    const write = async (token) => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
      const answer = await fetch(`${server.url}/api/posts`, { method: 'POST', headers, body: '{"title":"by a robot"}' });
      return answer.status;
    };
    const first = await issuer.machineToken();
    assert.deepEqual([await write(), await write(`${first}x`), await write(first)], [401, 401, 200]);
    const [head, , signature] = first.split('.');
    const claims = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(first.split('.')[1], 'base64url')), exp: 4e9 })).toString('base64url');
    assert.equal(await write(`${head}.${claims}.${signature}`), 401, 'what was altered is not signed');
    const robot = await signal(server);
    const join = { type: 'join', room: 'robots', name: 'Robot', media: { audio: false, video: false } };
    assert.equal((await robot.ask(join, 'error')).code, 'accessWanted');
    await robot.ask({ ...join, access: first }, 'joined');
    robot.close();

    issuer.away();
    assert.equal(await write(first), 200, 'its word holds on');
    issuer.away(false);
    issuer.changeKeys();
    const second = await issuer.machineToken();
    await until('the new key is known', async () => (await write(second)) === 200, { within: 30_000 });
    assert.equal(await write(first), 401, 'a key that was withdrawn is none');
  } finally {
    await server.stop();
    issuer.stop();
  }
});

/** A server with a token of its operator. */
async function guarded() {
  const file = path.join(folder, 'token');
  await fs.writeFile(file, `${TOKEN}\n`);
  return startServer({ env: { TSUKIYO_API_TOKEN_FILE: file } });
}

/** A server that believes an issuer, to which Luna alone is staff. */
async function withIssuer({ require = 'groups=staff' } = {}) {
  const [port] = await freePorts(1);
  const issuer = await startIssuer({ site: `http://localhost:${port}`, groups: { luna: 'staff' } });
  const file = path.join(folder, 'secret');
  await fs.writeFile(file, issuer.secret);
  const env = {
    TSUKIYO_OIDC_ISSUER: issuer.url,
    TSUKIYO_OIDC_CLIENT_ID: issuer.client,
    TSUKIYO_OIDC_CLIENT_SECRET_FILE: file,
    TSUKIYO_OIDC_AUDIENCE: issuer.audience,
    ...(require && { TSUKIYO_OIDC_REQUIRE: require }),
  };
  return { issuer, server: await startServer({ ports: { port }, env }) };
}

/** Shows a token where one is asked for. */
async function show(page, token) {
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Use it' }).click();
}

/** Goes to the issuer's page, says who one is, and agrees. */
async function signIn(page, name) {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('anything');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

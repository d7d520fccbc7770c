// The host and the door, with people at real browsers; and people at browsers of their own making.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { part, proof } from './harness/evidence.mjs';
import { fits, hasNoBarriers } from './harness/look.mjs';
import { enter, openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { signal } from './harness/signal.mjs';
import { until } from './harness/until.mjs';

const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('who waits is let in by the host, or not', async () => {
  const [luna] = await people('waiting', 'Luna');
  await inHouse(luna, (house) => house.getByRole('switch', { name: /^Waiting room/ }).check());
  const kaguya = await lobby('waiting', 'Kaguya');
  await kaguya.clickJoin();
  await kaguya.page.getByRole('heading', { name: 'You will be let in soon' }).waitFor();
  await luna.page.getByText('Kaguya would like to come in').waitFor();
  await luna.sees([]);
  await luna.page.getByRole('button', { name: 'Let in', exact: true }).click();
  await kaguya.inside();
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  const midori = await lobby('waiting', 'Midori');
  await midori.clickJoin();
  await luna.page.getByRole('button', { name: 'Not now' }).click();
  await midori.page.getByRole('heading', { name: 'You were not let in' }).waitFor();
  // Who gives up is gone from the host's sight, and a host hears of several at once.
  const [okina, ouna] = [await lobby('waiting', 'Okina'), await lobby('waiting', 'Ouna')];
  await okina.clickJoin();
  await luna.page.getByText('Okina would like to come in').waitFor();
  await ouna.clickJoin();
  await luna.page.getByText('2 people would like to come in').waitFor();
  await okina.page.getByRole('button', { name: 'Do not wait' }).click();
  await okina.joinButton.waitFor();
  await inHouse(luna, (house) => house.getByRole('button', { name: 'Let in Ouna' }).click());
  await ouna.inside();
  await luna.sees(['Kaguya', 'Ouna']);
});

proof('a passcode keeps out who does not know it', async () => {
  const [luna] = await people('passcode', 'Luna');
  await inHouse(luna, async (house) => {
    await house.getByLabel('Passcode for newcomers').fill('abc');
    await house.getByRole('button', { name: 'Set', exact: true }).click();
    await house.getByText('A passcode has 4 to 64 characters.').waitFor();
    await house.getByLabel('Passcode for newcomers').fill('moonlight');
    await house.getByRole('button', { name: 'Set', exact: true }).click();
    await house.getByRole('button', { name: 'Remove the passcode' }).waitFor();
  });
  const kaguya = await lobby('passcode', 'Kaguya');
  await kaguya.clickJoin();
  const field = kaguya.page.getByLabel('Passcode for newcomers');
  await field.fill('sunlight');
  await field.press('Enter');
  await kaguya.page.getByText('That is not the passcode.').waitFor();
  await luna.sees([]);
  await field.fill('moonlight');
  await field.press('Enter');
  await kaguya.inside();
  await luna.seesAndHears('Kaguya');
  // Who is in comes back from a reload without being asked.
  await kaguya.page.reload();
  await kaguya.inside();
  await luna.seesAndHears('Kaguya');
});

proof('a locked room lets nobody new in, and its members back', async () => {
  const [luna, kaguya] = await people('lock', 'Luna', 'Kaguya');
  await inHouse(luna, (house) => house.getByRole('switch', { name: /^Locked/ }).check());
  await inHouse(kaguya, async (house) => {
    await house.getByText('Locked: nobody new comes in').waitFor();
    await house.getByText('Luna is the host.').waitFor();
    assert.equal(await house.getByRole('switch').count(), 0, 'what one may not change is told in words');
  });
  const midori = await lobby('lock', 'Midori');
  await midori.clickJoin();
  await midori.page.getByRole('heading', { name: 'The room is locked' }).waitFor();
  await kaguya.page.reload();
  await kaguya.inside();
  await luna.seesAndHears('Kaguya');
});

proof('who is muted by the host is not heard, whatever its page sends, until it says that it speaks again', async () => {
  const [luna, kaguya] = await people('mute', 'Luna', 'Kaguya');
  await luna.seesAndHears('Kaguya');
  // A page of its own making: it does not switch anything off.
  await kaguya.page.evaluate(() => {
    Object.defineProperty(MediaStreamTrack.prototype, 'enabled', { get: () => true, set() {} });
  });
  await host(luna, 'Kaguya', 'Mute Kaguya');
  await kaguya.page.getByText('The host has muted you.').waitFor();
  await luna.tile('Kaguya').and(luna.page.locator('[data-muted="true"]')).waitFor();
  const volume = () => luna.tile('Kaguya').locator('audio').evaluate((audio) => audio.volume);
  await until('nothing of it is heard', async () => (await volume()) === 0);
  await luna.seesAndHears('Kaguya', { picture: true, sound: true });
  assert.equal(await volume(), 0, 'its sound arrives, and is not played');
  await kaguya.switch('Microphone').click();
  await until('it is heard again', async () => (await volume()) === 1);
  await kaguya.page.getByText('The host has muted you.').waitFor({ state: 'detached' });
});

proof('a share is stopped by the host, and may begin anew', async () => {
  const [luna, kaguya] = await people('unshare', 'Luna', 'Kaguya');
  await kaguya.shareButton.click();
  await luna.seesScreen('Kaguya');
  await inHouse(luna, (house) => house.getByRole('button', { name: 'Stop the share of Kaguya' }).click());
  await luna.screen('Kaguya').waitFor({ state: 'detached' });
  await kaguya.page.getByText('The host has stopped your share.').waitFor();
  await kaguya.shareButton.click();
  await luna.seesScreen('Kaguya');
});

proof('who is put out cannot come back: not by a reload, not by the way it came, not as somebody new', async () => {
  const [luna, kaguya] = await people('remove', 'Luna', 'Kaguya');
  await luna.seesAndHears('Kaguya');
  await inHouse(luna, async (house) => {
    await house.getByRole('button', { name: 'Put out Kaguya' }).click();
    await house.getByRole('button', { name: 'Cancel' }).click();
    await house.getByRole('button', { name: 'Put out Kaguya' }).click();
    await house.getByRole('button', { name: 'Put out', exact: true }).click();
  });
  await luna.sees([]);
  const out = kaguya.page.getByRole('heading', { name: 'The host has put you out' });
  await out.waitFor();
  await kaguya.page.reload();
  await kaguya.joinButton.click();
  await out.waitFor();
  await kaguya.page.getByRole('button', { name: 'Back to the lobby' }).click();
  await kaguya.joinButton.click();
  await out.waitFor();
  await luna.sees([]);
  // With everything forgotten it is somebody new, and whoever is new waits from now on.
  await kaguya.page.evaluate(() => (sessionStorage.clear(), localStorage.clear()));
  await kaguya.page.goto(`${server.url}/room/remove`);
  await kaguya.page.getByLabel('Your name').fill('Somebody else');
  await kaguya.joinButton.click();
  await kaguya.page.getByRole('heading', { name: 'You will be let in soon' }).waitFor();
  await luna.page.getByText('Somebody else would like to come in').waitFor();
  await luna.sees([]);
});

proof('the room is passed on, and its new host ends the call for everybody', async () => {
  const [luna, kaguya] = await people('end', 'Luna', 'Kaguya');
  await inHouse(luna, async (house) => {
    await house.getByRole('button', { name: 'Make host: Kaguya' }).click();
    await house.getByRole('button', { name: 'Make host', exact: true }).click();
    await house.getByText('Kaguya is the host.').waitFor();
  });
  await kaguya.page.reload();
  await kaguya.inside();
  await luna.seesAndHears('Kaguya');
  await inHouse(kaguya, async (house) => {
    await house.getByText('You are the host.').waitFor();
    await house.getByRole('button', { name: 'End the call for everybody' }).click();
    await house.getByRole('button', { name: 'End it' }).click();
  }, { stays: false });
  const ended = { name: 'The host has ended the call' };
  await Promise.all([luna, kaguya].map(({ page }) => page.getByRole('heading', ended).waitFor()));
  await luna.page.getByRole('button', { name: 'Back to the lobby' }).click();
  await luna.joinButton.click();
  await luna.page.getByRole('heading', ended).waitFor();
  await kaguya.page.getByRole('button', { name: 'Back to the lobby' }).click();
  await kaguya.joinButton.click();
  await kaguya.inside();
});

proof('what newcomers see of the chat is for the host to say', async () => {
  const [luna, kaguya] = await people('history', 'Luna', 'Kaguya');
  await luna.openChat();
  await luna.say('before');
  await luna.reads(['before']);
  await inHouse(luna, (house) => house.getByLabel('Of the chat, newcomers see').selectOption({ label: 'what is said after they came' }));
  const midori = await enter(browser, server, { room: 'history', name: 'Midori' });
  await midori.openChat();
  await luna.say('after');
  await midori.reads(['after']);
  await midori.page.reload();
  await midori.inside();
  await midori.openChat();
  await midori.reads(['after']);
  await kaguya.openChat();
  await kaguya.reads(['before', 'after']);
  assert.equal((await fetch(`${server.url}/api/rooms/history/messages`)).status, 401);
});

proof('a client written by hand gets past no door, and does nothing that is the host\'s', async () => {
  const [luna, kaguya] = await people('mallory', 'Luna', 'Kaguya');
  const mallory = await signal(server);
  const join = { type: 'join', room: 'mallory', name: 'Mallory', media: { audio: true, video: true } };
  const joined = await mallory.ask(join, 'joined');
  const other = joined.members.find(({ name }) => name === 'Kaguya');
  for (const action of ['mute', 'stopShare', 'remove', 'passOn', 'end', 'lock', 'wait', 'passcode', 'historyNone', 'admit', 'deny']) {
    const asked = { type: 'moderate', action, member: other.id, passcode: 'moonlight', host: 'hAAAA' };
    assert.equal((await mallory.ask(asked, 'error')).code, 'notHost', action);
  }
  await luna.sees(['Kaguya', 'Mallory']);
  await host(luna, 'Mallory', 'Put out Mallory', 'Put out');
  assert.equal((await until('the socket is closed', () => mallory.closed)).code, 4003);
  for (const [how, code] of [[{ resume: joined.resume, keep: true }, 'removed'], [{ resume: joined.resume }, 'removed'], [{ host: 'hAAAA', resume: `${joined.resume}A` }, null]]) {
    const again = await signal(server);
    if (code) assert.equal((await again.ask({ ...join, ...how }, 'error')).code, code);
    else await again.ask({ ...join, ...how }, 'waiting');
    for (const message of [{ type: 'chat', text: 'here I am', nonce: 'n' }, { type: 'offer', to: other.id, handshake: { by: other.id, attempt: 9 }, sdp: 'v=0' }]) {
      assert.equal((await again.ask(message, 'error')).code, 'notInRoom');
    }
    again.close();
  }
  await luna.sees(['Kaguya']);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
});

for (const colorScheme of ['dark', 'light']) {
  proof(`no barriers and nothing cut off before the door and at the host's, ${colorScheme}`, async (t) => {
    await browser.empty();
    const room = `doors-${colorScheme}`;
    const luna = await enter(browser, server, { room, name: 'Luna', options: { colorScheme } });
    await enter(browser, server, { room, name: 'Kaguya' });
    await inHouse(luna, async (house) => {
      await house.getByRole('switch', { name: /^Waiting room/ }).check();
      await house.getByLabel('Passcode for newcomers').fill('moonlight');
      await house.getByRole('button', { name: 'Set', exact: true }).click();
      await house.getByRole('button', { name: 'Remove the passcode' }).waitFor();
    });
    const small = await openLobby(await browser.person({ colorScheme, ...PHONE }), server, { room, name: 'Midori' });
    await small.clickJoin();
    await small.page.getByRole('heading', { name: 'This room asks for a passcode' }).waitFor();
    await part(t, 'passcode', () => hasNoBarriers(small.page));
    await part(t, 'passcode, small', () => fits(small.page));
    await small.page.getByLabel('Passcode for newcomers').fill('moonlight');
    await small.page.getByRole('button', { name: 'Join', exact: true }).click();
    await small.page.getByRole('heading', { name: 'You will be let in soon' }).waitFor();
    await part(t, 'waiting', () => hasNoBarriers(small.page));
    await part(t, 'waiting, small', () => fits(small.page));
    await luna.page.getByText('Midori would like to come in').waitFor();
    await part(t, 'room, with a knock', () => hasNoBarriers(luna.page));
    await inHouse(luna, async (house) => {
      await part(t, "the host's dialogue", () => hasNoBarriers(luna.page));
      await house.getByRole('button', { name: 'Put out Kaguya' }).click();
      await part(t, 'a question', () => hasNoBarriers(luna.page));
      await house.getByRole('button', { name: 'Cancel' }).press('Enter');
      assert.ok(await house.getByRole('button', { name: 'Put out Kaguya' }).evaluate((button) => document.activeElement === button), 'the focus is back');
      await house.getByRole('button', { name: 'Not now: Midori' }).click();
    });
    await small.page.getByRole('heading', { name: 'You were not let in' }).waitFor();
    await part(t, 'denied', () => hasNoBarriers(small.page));
  });
}

/** Opens a room and lets these people in, the first of whom is its host. */
async function people(room, ...names) {
  await browser.empty();
  const inside = [];
  for (const name of names) inside.push(await enter(browser, server, { room, name }));
  await Promise.all(inside.map((member) => member.sees(names.filter((name) => name !== member.name))));
  return inside;
}

/** Somebody who is about to join. */
async function lobby(room, name) {
  const member = await openLobby(await browser.person(), server, { room, name });
  await member.joinButton.waitFor();
  return member;
}

/** Opens the dialogue of the room and its host, does something in it, and closes it unless it goes by itself. */
async function inHouse({ page }, body, { stays = true } = {}) {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Room and host' }).click();
  const house = page.getByRole('dialog', { name: 'Room and host' });
  await house.waitFor();
  await body(house);
  if (!stays) return;
  await page.keyboard.press('Escape');
  await house.waitFor({ state: 'detached' });
}

/** Uses the host's tools on somebody's tile. */
async function host(member, name, ...buttons) {
  const tile = member.tile(name);
  await tile.hover();
  await tile.getByRole('button', { name: `What you can do as the host: ${name}` }).click();
  for (const button of buttons) await tile.getByRole('button', { name: button, exact: true }).click();
}

// Proof 3: who goes is gone for the others, soon, in whatever way it went.

import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('who leaves by the button is gone within 2 s', async () => {
  const { goer, stayers } = await callOfThree('button', browser);
  await goer.leave();
  await gone(stayers, 2_000);
  await goer.joinButton.waitFor();
});

proof('who closes the tab is gone within 5 s', async () => {
  const { goer, stayers } = await callOfThree('tab', browser);
  await goer.page.close({ runBeforeUnload: true });
  await gone(stayers, 5_000);
});

proof('who goes elsewhere in the tab is gone within 5 s', async () => {
  const { goer, stayers } = await callOfThree('elsewhere', browser);
  await goer.page.goto('about:blank');
  await gone(stayers, 5_000);
});

proof('whose browser is killed is gone within 15 s, and the call of the others goes on', async () => {
  const doomed = await startBrowser();
  const { stayers } = await callOfThree('killed', doomed);
  await doomed.kill();
  await gone(stayers, 15_000);
});

async function callOfThree(room, browserOfGoer) {
  await browser.empty();
  const stayers = [await enter(browser, server, { room, name: 'Luna' }), await enter(browser, server, { room, name: 'Kaguya' })];
  const goer = await enter(browserOfGoer, server, { room, name: 'Midori' });
  await Promise.all([
    ...stayers.map((member) => member.sees([...others(member), 'Midori'])),
    ...stayers.map((member) => member.seesAndHears('Midori')),
  ]);
  return { goer, stayers };
}

/** The goer's tile disappears, and whoever stays still sees and hears the other. */
async function gone(stayers, within) {
  await Promise.all(stayers.map((member) => member.sees(others(member), { within })));
  await Promise.all(stayers.map((member) => member.seesAndHears(others(member)[0])));
}

function others(member) {
  return ['Luna', 'Kaguya'].filter((name) => name !== member.name);
}

// The page of the Firestore emulator: data is looked at, edited, queried and deleted by people.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { startEmulator } from './harness/emulator.mjs';
import { part, proof } from './harness/evidence.mjs';
import { until } from './harness/until.mjs';

const AXE = await fs.readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const DATA = '/demo/%28default%29';

const EVERYTHING = {
  text: { stringValue: '<b>moon</b>\nsecond line' }, integer: { integerValue: '9007199254740993' }, double: { doubleValue: 'NaN' },
  boolean: { booleanValue: true }, null: { nullValue: null }, time: { timestampValue: '2026-01-31T12:00:00.123456Z' },
  bytes: { bytesValue: 'AP8=' }, reference: { referenceValue: 'projects/demo/databases/(default)/documents/rooms/a' },
  toString: { integerValue: '1' }, point: { geoPointValue: { latitude: 35.5, longitude: -139.25 } },
  list: { arrayValue: { values: [{ integerValue: '1' }, { mapValue: { fields: { deep: { booleanValue: false } } } }] } },
  map: { mapValue: { fields: { 'odd.name <i>': { stringValue: 'x' }, empty: { mapValue: {} } } } },
};

let emulator, browser;

before(async () => {
  emulator = await startEmulator();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  assert.equal(await emulator?.stop(), 0);
});

proof('a collection is begun, a document is edited and deleted, and the deletion undone', async () => {
  const page = await open('/');
  await page.getByText('Nothing is stored yet').waitFor();
  await page.getByLabel('Project').fill('demo');
  await page.getByRole('button', { name: 'Open' }).click();
  await arrived(page, 'demo (default)');
  await page.getByRole('button', { name: 'Add collection' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Collection').fill('posts');
  await dialog.getByLabel('Document').fill('first post');
  await dialog.getByRole('button', { name: 'Add field' }).click();
  await dialog.getByLabel('Field').fill('title');
  await dialog.getByLabel('Text').fill('The moon');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await arrived(page, 'first post');
  assert.deepEqual(await fields('/posts/first%20post'), { title: { stringValue: 'The moon' } });

  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Add field' }).click();
  await page.getByLabel('Field').last().fill('likes');
  await page.getByLabel('Type').last().selectOption('integer');
  await page.getByLabel('Integer').fill('many');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('“many” is no 64-bit integer.').waitFor();
  await page.getByLabel('Integer').fill('9223372036854775807');
  await page.keyboard.press('Control+Enter');
  await until('it is saved', async () => (await fields('/posts/first%20post')).likes);
  assert.deepEqual(await fields('/posts/first%20post'), { likes: { integerValue: '9223372036854775807' }, title: { stringValue: 'The moon' } });
  await page.locator('#document').getByText('9223372036854775807').waitFor();

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There are no documents here.').waitFor();
  assert.equal(await fields('/posts/first%20post'), undefined);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('row', { name: /first post/ }).waitFor();
  assert.equal((await fields('/posts/first%20post')).likes.integerValue, '9223372036854775807');
  assert.deepEqual(browser.takeErrors(), []);
});

proof('a value of every type survives the editor, and its type can be changed', async () => {
  await emulator.rest('PATCH', '/types/all', { fields: EVERYTHING });
  const page = await open(`${DATA}/types/all`);
  await page.keyboard.press('e');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.editor').waitFor({ state: 'detached' });
  assert.deepEqual(await fields('/types/all'), EVERYTHING);
  assert.equal(await page.locator('#document b, #document i').count(), 0);

  await page.keyboard.press('e');
  const row = page.locator('.editor > .list > .entry').nth(Object.keys(EVERYTHING).sort().indexOf('null'));
  await row.getByLabel('Type').selectOption('array');
  await row.getByRole('button', { name: 'Add element' }).click();
  await page.getByRole('button', { name: 'Remove' }).first().click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.editor').waitFor({ state: 'detached' });
  const now = await fields('/types/all');
  assert.deepEqual(now.null, { arrayValue: { values: [{ stringValue: '' }] } });
  assert.equal(Object.keys(now).length, Object.keys(EVERYTHING).length - 1);
});

proof('what others change appears at once, and is not overwritten', async () => {
  await emulator.rest('PATCH', '/live/a', { fields: { n: { integerValue: '1' } } });
  const list = await open(`${DATA}/live`);
  const page = await open(`${DATA}/live/a`);
  await page.getByText('1', { exact: true }).waitFor();
  await emulator.rest('PATCH', '/live/a', { fields: { n: { integerValue: '22' } } });
  await emulator.rest('PATCH', '/live/b', { fields: {} });
  await page.locator('#document').getByText('22', { exact: true }).waitFor();
  await list.getByRole('row', { name: /^b/ }).waitFor();
  await list.getByRole('row', { name: /a.*22/ }).waitFor();

  await page.keyboard.press('e');
  await page.getByLabel('Integer').fill('5');
  await emulator.rest('PATCH', '/live/a', { fields: { n: { integerValue: '33' } } });
  await list.getByRole('row', { name: /a.*33/ }).waitFor();
  assert.equal(await page.getByLabel('Integer').inputValue(), '5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText(/Somebody changed this document meanwhile/).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#document').getByText('33', { exact: true }).waitFor();
});

proof('a query is asked with the keyboard, and everything is deleted after a question', async () => {
  for (let n = 0; n < 12; n++) await emulator.rest('PATCH', `/numbers/n${String(n).padStart(2, '0')}`, { fields: { n: { integerValue: String(n) } } });
  const page = await open(`${DATA}/numbers`);
  await page.keyboard.press('/');
  await page.keyboard.type('n');
  await page.getByLabel('Operator').selectOption('>');
  await page.getByLabel('Value').fill('8');
  await page.getByLabel('Order by').fill('n');
  await page.getByLabel('Direction').selectOption('descending');
  await page.keyboard.press('Tab');
  await page.getByLabel('Value').press('Enter');
  await until('the answer is there', async () => (await page.locator('tbody tr').count()) === 3);
  assert.deepEqual(await page.locator('tbody th').allTextContents(), ['n11', 'n10', 'n09']);
  await page.getByRole('link', { name: 'Clear' }).click();
  await until('all are there', async () => (await page.locator('tbody tr').count()) === 12);
  await arrived(page, 'numbers');

  await page.getByRole('button', { name: 'Delete all' }).click();
  await page.getByRole('button', { name: 'Keep them' }).click();
  assert.equal(await page.locator('tbody tr').count(), 12);
  await page.getByRole('button', { name: 'Delete all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete all' }).click();
  await page.getByText('There are no documents here.').waitFor();
  assert.deepEqual(browser.takeErrors(), []);
});

proof('the tree is walked with arrows, and requests are logged as they come', async () => {
  await emulator.rest('PATCH', '/tree/a', { fields: {} });
  const page = await open(`${DATA}/tree`);
  await page.keyboard.press('t');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'a');
  await page.keyboard.press('Enter');
  await arrived(page, 'a');
  const log = await open('/requests');
  await emulator.rest('GET', '/nobody/here');
  await log.getByRole('row', { name: /GET demo · nobody\/here 404/ }).waitFor();
});

for (const colorScheme of ['dark', 'light']) {
  proof(`no page has barriers for people with disabilities, ${colorScheme}`, async (t) => {
    await emulator.rest('PATCH', '/types/all', { fields: EVERYTHING });
    const page = await open('/', { colorScheme });
    for (const path of ['/', '/requests', DATA, `${DATA}/types`, `${DATA}/types?field=integer&op=gt&value=1`, `${DATA}/types/all`, `${DATA}/none/here`, `${DATA}/__x__`]) {
      await page.goto(emulator.page + path);
      await page.locator('#main[data-ready]').waitFor();
      await part(t, path, () => hasNoBarriers(page));
    }
    await page.goto(`${emulator.page}${DATA}/types/all`);
    await page.locator('#main[data-ready]').waitFor();
    await page.keyboard.press('e');
    await page.locator('.editor').waitFor();
    await part(t, 'editor', () => hasNoBarriers(page));
    await page.getByRole('button', { name: 'Add collection' }).click();
    await part(t, 'dialog', () => hasNoBarriers(page));
  });
}

proof('everything fits on a phone, and the theme that was chosen stays', async () => {
  await emulator.rest('PATCH', '/types/all', { fields: EVERYTHING });
  const page = await open('/', PHONE);
  for (const path of ['/', '/requests', DATA, `${DATA}/types`, `${DATA}/types/all`]) {
    await page.goto(emulator.page + path);
    await page.locator('#main[data-ready]').waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${path} is ${width} wide`);
  }
  await page.getByRole('button', { name: 'Browse' }).click();
  await page.getByRole('navigation', { name: 'Data' }).getByRole('link', { name: 'types', exact: true }).waitFor();
  await page.getByRole('button', { name: /Theme/ }).click();
  await page.reload();
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
});

async function open(path, options) {
  const page = await browser.person(options);
  await page.goto(emulator.page + path);
  await page.locator('#main[data-ready]').waitFor();
  await page.locator('#live.on').waitFor({ state: 'attached' });
  return page;
}

/** Waits for another page, and for its scripts: buttons do nothing before. */
async function arrived(page, heading) {
  await page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor();
  await page.locator('#main[data-ready]').waitFor();
}

async function fields(path) {
  const found = await emulator.rest('GET', path);
  return found.error ? undefined : found.fields;
}

async function hasNoBarriers(page) {
  // The page's policy lets nothing in; a test may.
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) => `${id}: ${help}: ${html} ${any.map(({ message }) => message).join('; ')}`));
  assert.deepEqual(found, []);
}

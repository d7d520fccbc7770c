// Draws every screen as a person would see it: `./dc.sh shots [PART]`, or node screens.mjs FOLDER [PART]
// It judges nothing: it makes pictures to look at. The tests beside it judge.

import fs from 'node:fs/promises';
import path from 'node:path';
import { startBrowser } from './harness/browser.mjs';
import { walk } from './harness/screens.mjs';
import { startServer } from './harness/server.mjs';

const [folder, only = ''] = process.argv.slice(2);
if (!folder) {
  console.error('node screens.mjs FOLDER [PART]');
  process.exit(2);
}

const all = ['desk', 'phone'].flatMap((size) => ['dark', 'light'].flatMap((theme) => ['ja', 'en'].map((lang) => ({ size, theme, lang }))));
// A phone on its side has little height, in whatever colours.
const looks = [...all, { size: 'side', theme: 'dark', lang: 'ja' }];

await fs.mkdir(folder, { recursive: true });
const browser = await startBrowser();
let count = 0;
let failed = false;
for (const look of looks) {
  // With all there is to see.
  const server = await startServer({ env: { TSUKIYO_QUALITY_REPORTS: '1' } });
  const name = Object.values(look).join('-');
  const visit = async (screen, page) => {
    await page.screenshot({ path: path.join(folder, `${screen}-${name}.png`) });
    count += 1;
  };
  try {
    await walk(browser, server, { ...look, only }, visit);
    console.log(name);
  } catch (error) {
    failed = true;
    console.error(`${name}: ${error.stack}`);
    await browser.empty();
  }
  await server.stop();
}
await browser.close();
console.log(`${count} pictures are in ${folder}`);
process.exitCode = failed ? 1 : 0;

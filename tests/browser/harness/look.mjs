// What a page looks like to those who cannot see it, and on a small screen.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = await fs.readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Asks axe for barriers. */
export async function hasNoBarriers(page) {
  // Axe is handed to the page by the debugger, since the page's own policy lets no foreign script in.
  await page.evaluate(AXE);
  const { passes, violations } = await page.evaluate(() => window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
  assert.deepEqual(told, []);
  assert.ok(passes.length > 10, 'the page was looked at');
}

/** Nothing is cut off, and whatever is tapped is large enough for a finger. */
export async function fits(page) {
  const { beyond, small } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const name = (element) => element.outerHTML.slice(0, 120);
    const shown = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility());
    const buttons = shown.filter((element) => element.matches('button, select, input:not([type=file], [type=hidden])'));
    return {
      beyond: document.documentElement.scrollWidth > width ? shown.filter((element) => element.getBoundingClientRect().right > width + 1).map(name) : [],
      small: buttons.filter((element) => element.getBoundingClientRect().height < 44 || element.getBoundingClientRect().width < 44).map(name),
    };
  });
  assert.deepEqual(beyond, [], 'wider than the screen');
  assert.deepEqual(small, [], 'smaller than 44 px');
}

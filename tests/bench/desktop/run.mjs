// What the desktop program costs, how fast it is, and what bad lines do to it. `PARTS` names some of its parts; `SECONDS` is how
// long each measures, `MINUTES` how long the memory is watched.

import { program } from '../../browser/harness/desktop.mjs';
import { Figures } from '../figures.mjs';
import { cost, four } from './cost.mjs';
import { join, latency } from './latency.mjs';
import { lines } from './lines.mjs';
import { lips } from './lips.mjs';
import { memory, start } from './window.mjs';

const ALL = { cost, four, latency, join, lips, start, memory, lines };
const chosen = (process.env.PARTS ?? Object.keys(ALL).join(',')).split(',');

// A debug build says nothing about what people have; one may still want to see what a line does to it.
const build = program().includes('/release/') ? 'release' : 'DEBUG';
const figures = new Figures('desktop', `the program (${build} build) with Chromium, 640×480@30`);
for (const name of chosen) {
  if (!ALL[name]) throw new Error(`there is no part ${name}; there are ${Object.keys(ALL)}`);
  console.log(`  ${name}…`);
  await ALL[name](figures);
}
figures.report();

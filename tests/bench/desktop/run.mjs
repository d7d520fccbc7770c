// What the desktop program costs, how fast it is, and what bad lines do to it. `PARTS` names some of its parts; `SECONDS` is how
// long each measures, `MINUTES` how long the memory is watched.

import { Figures } from '../figures.mjs';
import { cost, four } from './cost.mjs';
import { join, latency } from './latency.mjs';
import { lines } from './lines.mjs';
import { memory, start } from './window.mjs';

const ALL = { cost, four, latency, join, start, memory, lines };
const chosen = (process.env.PARTS ?? Object.keys(ALL).join(',')).split(',');

const figures = new Figures('desktop', 'the program in its release build, with Chromium; 640×480@30 unless it says otherwise');
for (const name of chosen) {
  if (!ALL[name]) throw new Error(`there is no part ${name}; there are ${Object.keys(ALL)}`);
  console.log(`  ${name}…`);
  await ALL[name](figures);
}
figures.report();

// What a recording costs in memory, at two lengths: what is recorded is on the disk, and nothing of it stays in memory.

import { startProfile } from '../../browser/harness/browser.mjs';
import { scratch } from '../../browser/harness/paths.mjs';
import { openLobby } from '../../browser/harness/room.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures } from '../figures.mjs';
import { cpuSeconds, kind, memory } from '../processes.mjs';

/** In seconds. The browser's own pools of pictures fill in the first half minute, whatever becomes of the pictures. */
const [SHORT, LONG] = (process.env.LENGTHS ?? '45,105').split(',').map(Number);
const VIDEO = '320x240@15';
const MB = 1e6;

const server = await startServer({ env: { TSUKIYO_LOG: 'warn' } });
try {
  const short = await measure(SHORT);
  const long = await measure(LONG);
  const figures = new Figures(
    'recording',
    `two tabs in a call, ${VIDEO}, one of them records everyone; memory at the end of ${SHORT} s (as the floor) and of ${LONG} s`,
  );
  figures.beside("Chromium's memory, all its processes", long.all / MB, short.all / MB, 1.1, 'MB');
  figures.beside("the page's JavaScript heap", long.heap / MB, short.heap / MB, 1.25, 'MB');
  figures.note('the file', long.file / MB, 'MB', short.file / MB);
  for (const [name, bytes] of long.parts) figures.note(`  memory of ${name}`, bytes / MB, 'MB', (short.parts.get(name) ?? 0) / MB);
  figures.report();
} finally {
  await server.stop();
}

/** Memory in bytes after `seconds` of a recording, in a browser of its own that writes to a real disk. */
async function measure(seconds) {
  const browser = await startProfile(scratch('bench-recording'), { fps: 15 });
  try {
    const members = [];
    for (const name of ['Luna', 'Kaguya']) {
      const member = await openLobby(await browser.person(), server, { room: `recording-${seconds}`, name, query: `video=${VIDEO}` });
      await member.join();
      members.push(member);
    }
    const [luna] = members;
    await luna.seesAndHears('Kaguya');
    await luna.page.keyboard.press('r');
    await luna.page.getByRole('button', { name: 'Start recording' }).click();
    const timer = luna.page.getByRole('timer');
    await timer.waitFor();
    await until(`${seconds} s are recorded`, async () => {
      const [minutes, rest] = (await timer.textContent()).split(':').map(Number);
      return minutes * 60 + rest >= seconds;
    }, { within: seconds * 2_000 + 20_000, every: 200 });
    const devtools = await luna.page.context().newCDPSession(luna.page);
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize: heap } = await devtools.send('Runtime.getHeapUsage');
    const parts = new Map();
    for (const pid of cpuSeconds(await browser.pid()).keys()) {
      const name = kind(pid);
      parts.set(name, (parts.get(name) ?? 0) + memory(pid));
    }
    const all = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
    await luna.page.getByRole('button', { name: 'Stop', exact: true }).click();
    await luna.page.getByRole('link', { name: 'Save' }).waitFor();
    const file = await luna.page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('recordings');
      for await (const handle of folder.values()) return (await handle.getFile()).size;
    });
    return { heap, parts, all, file };
  } finally {
    await browser.close();
  }
}

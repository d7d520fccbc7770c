// Where things are.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The top of the checkout. */
export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../..');

/** The server's binary: `TSUKIYO_BIN`, else the release build, else the debug build. */
export function binary() {
  const candidates = [process.env.TSUKIYO_BIN, `${ROOT}/target/release/tsukiyo`, `${ROOT}/target/debug/tsukiyo`];
  const found = candidates.find((file) => file && fs.existsSync(file));
  if (!found) throw new Error('no tsukiyo binary: build it with `./dc.sh app install`, or set TSUKIYO_BIN');
  return found;
}

/** A folder that nobody else has. */
export function scratch(what) {
  return fs.mkdtempSync(path.join(os.tmpdir(), `tsukiyo-${what}-`));
}

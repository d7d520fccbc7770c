// Figures beside their targets: a table for people, JSON for machines.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../browser/harness/paths.mjs';

/** The value below which the fraction `p` of `values` lies (nearest rank). */
export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

/** The figures of one benchmark. */
export class Figures {
  #rows = [];

  constructor(name, how) {
    this.name = name;
    this.how = how;
  }

  /** Adds a figure that may be at most `most`. */
  atMost(figure, value, most, unit) {
    this.#rows.push({ figure, value, floor: null, ratio: null, target: `≤ ${most} ${unit}`, unit, pass: value <= most });
  }

  /** Adds a figure that may be at most `most` times the floor's. */
  beside(figure, value, floor, most, unit) {
    const ratio = value / floor;
    this.#rows.push({ figure, value, floor, ratio, target: `≤ ${most}× floor`, unit, pass: ratio <= most });
  }

  /** Adds a figure that has no target, because it explains one that has. */
  note(figure, value, unit, floor = null) {
    const ratio = floor === null ? null : value / floor;
    this.#rows.push({ figure, value, floor, ratio, target: '', unit, pass: null });
  }

  /** Prints the table, writes the JSON, and fails the process on a miss where `BENCH_STRICT` is set. */
  report() {
    const cells = this.#rows.map((row) => [
      row.figure,
      `${round(row.value)} ${row.unit}`,
      row.floor === null ? '' : `${round(row.floor)} ${row.unit}`,
      row.ratio === null ? '' : `${row.ratio.toFixed(2)}×`,
      row.target,
      { true: 'pass', false: 'MISS', null: '' }[row.pass],
    ]);
    console.log(`\n${this.name}: ${this.how}`);
    console.log(table([['figure', 'measured', 'floor', 'ratio', 'target', ''], ...cells]));
    const folder = path.join(ROOT, 'target/bench');
    fs.mkdirSync(folder, { recursive: true });
    const told = { name: this.name, how: this.how, cores: os.cpus().length, at: new Date().toISOString(), figures: this.#rows };
    fs.writeFileSync(path.join(folder, `${this.name}.json`), `${JSON.stringify(told, null, 2)}\n`);
    if (process.env.BENCH_STRICT && this.#rows.some((row) => row.pass === false)) process.exitCode = 1;
  }
}

function round(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => [...row[column]].length)));
  const line = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return [line(rows[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.slice(1).map(line)].join('\n');
}

// What the kernel knows of processes: CPU time and memory, from /proc.

import fs from 'node:fs';

const TICKS = 100; // USER_HZ: the same on every Linux that Chromium runs on

/** CPU seconds of a process and of all that it started, one entry a process. */
export function cpuSeconds(root) {
  const spent = new Map();
  for (const pid of tree(root)) {
    const stat = readStat(pid);
    if (stat) spent.set(pid, (stat.user + stat.system) / TICKS);
  }
  return spent;
}

/** CPU seconds between two answers of `cpuSeconds`; a process that came in between counts from its start. */
export function spentBetween(before, after) {
  let sum = 0;
  for (const [pid, seconds] of after) sum += seconds - (before.get(pid) ?? 0);
  return sum;
}

/** Memory that a process holds by itself (proportional set size), in bytes. */
export function memory(pid) {
  const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]) * 1024;
}

/** Which kind of Chromium process it is, for a person to read. */
export function kind(pid) {
  const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  const [, service] = /--utility-sub-type=(?:\w+\.mojom\.)?(\w+)/.exec(line) ?? [];
  return service ?? /--type=(\S+)/.exec(line)?.[1] ?? 'browser';
}

function tree(root) {
  const children = new Map();
  for (const name of fs.readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) && readStat(Number(name));
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function readStat(pid) {
  try {
    // The name in parentheses may hold anything, so the fields are counted from its end.
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), user: Number(fields[11]), system: Number(fields[12]) };
  } catch {
    return null; // it ended while it was looked at
  }
}

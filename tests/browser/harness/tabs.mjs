// A browser whose tabs can be hidden behind others. Playwright tells every page that somebody looks at it, so this speaks
// Chromium's own protocol, in the few words that it takes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import WebSocket from 'ws';
import { launching } from './browser.mjs';

/** Starts it with a profile in `folder`. Options are those of `startBrowser`. */
export async function startTabs(folder, options) {
  const { executablePath, args } = launching(options);
  // As a person's browser: it saves work in tabs that nobody looks at.
  const natural = args.filter((arg) => !/^--disable-(background-timer|backgrounding|renderer-backgrounding)/.test(arg));
  const child = spawn(executablePath, [...natural, '--remote-debugging-port=0', `--user-data-dir=${folder}`, '--lang=en-US', 'about:blank']);
  const address = await new Promise((found, failed) => {
    let said = '';
    child.once('exit', () => failed(new Error(said)));
    child.stderr.on('data', (text) => {
      said += text;
      const [url] = /ws:\S+/.exec(said) ?? [];
      if (url) found(url);
    });
  });
  const socket = new WebSocket(address);
  await once(socket, 'open');
  return new Tabs(child, socket);
}

class Tabs {
  #child;
  #socket;
  #asked = new Map();
  #last = 0;

  constructor(child, socket) {
    this.#child = child;
    this.#socket = socket;
    socket.on('message', (text) => {
      const { id, result, error } = JSON.parse(text);
      const { resolve, reject } = this.#asked.get(id) ?? {};
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
      this.#asked.delete(id);
    });
  }

  /** Opens a tab before all others. Returns what runs a function in it, as a person's click. */
  async open(url) {
    const { targetId } = await this.#ask('Target.createTarget', { url });
    await this.#ask('Target.activateTarget', { targetId });
    const { sessionId } = await this.#ask('Target.attachToTarget', { targetId, flatten: true });
    return async (run, ...values) => {
      const expression = `(${run})(${values.map((value) => JSON.stringify(value)).join(',')})`;
      const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
      const { result, exceptionDetails } = await this.#ask('Runtime.evaluate', asked, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
  }

  async close() {
    const gone = once(this.#child, 'exit');
    this.#child.kill();
    await gone;
  }

  #ask(method, params, sessionId) {
    const id = ++this.#last;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }
}

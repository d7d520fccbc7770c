// The chat as one member has it: what it said, what was acknowledged, and what it heard, live or as history.

export class Log {
  /** What was said here and has not come back, by its nonce, in the order in which it was said. */
  unheard = new Map();
  /** The stored messages of what has come back, by nonce. */
  acknowledged = new Map();
  /** All messages that are known, by id. */
  known = new Map();
  /** The texts of these. */
  texts = new Set();
  /** How often a text was put on its way from here, and how often one was heard live. */
  sent = new Map();
  live = new Map();
  /** When the newest was stored that this socket has heard live, once its history has come. */
  #newest;

  constructor(faults) {
    this.faults = faults;
  }

  /** A socket has let the member in: what it hears before its history may be older than what other sockets have heard. */
  begin() {
    this.#newest = undefined;
  }

  /** A text goes on its way, for the first time or again. */
  send(text) {
    this.sent.set(text, (this.sent.get(text) ?? 0) + 1);
  }

  /** The messages that were stored last, after `begin`. */
  history(messages) {
    for (const message of messages) this.#take(message);
    this.#newest ??= 0;
  }

  /** A message comes live, with a nonce if it was said here. */
  hear(message, nonce) {
    this.live.set(message.text, (this.live.get(message.text) ?? 0) + 1);
    const isNew = this.#take(message);
    if (isNew && this.#newest !== undefined) {
      if (message.sentAt <= this.#newest) this.faults.push(`"${message.text}" was heard out of order`);
      this.#newest = Math.max(this.#newest, message.sentAt);
    }
    if (nonce === undefined) return;
    const said = this.unheard.get(nonce) ?? this.acknowledged.get(nonce)?.text;
    if (said !== message.text) this.faults.push(`"${said}" was acknowledged as "${message.text}"`);
    this.unheard.delete(nonce);
    this.acknowledged.set(nonce, message);
  }

  /** The ids of all that is known, in the order in which it is shown. */
  get order() {
    return [...this.known.values()].sort((one, other) => one.sentAt - other.sentAt).map(({ id }) => id);
  }

  /** Returns whether a message is new. Live and history may overlap, but are to agree. */
  #take(message) {
    const before = this.known.get(message.id);
    if (before && (before.text !== message.text || before.sentAt !== message.sentAt)) {
      this.faults.push(`${message.id} was "${before.text}" of ${before.sentAt}, and is "${message.text}" of ${message.sentAt}`);
    }
    if (before) return false;
    if (this.texts.has(message.text)) this.faults.push(`"${message.text}" was heard under two ids`);
    this.known.set(message.id, message);
    this.texts.add(message.text);
    return true;
  }
}

// What can go wrong, each as something that is done to the site. `during()` is the time that it lasts. When that has passed the
// fault ends, and the time begins in which everyone has to be back: a server's start is part of it.

/** How long the longest is, in milliseconds: a lost packet is sent again after twice the time each time. */
const LONG = 6_000;
/** The largest document, of which some fill a disk. */
const DOCUMENT = 'x'.repeat(700_000);
const DOCUMENTS = 100;

/** By kind: how long it lasts at least and at most, and what it is. `victim` and `node` are numbers of a server and of a node of NATS. */
export const FAULTS = {
  'a server is killed': {
    lasts: [0, 3_000],
    async happen({ servers }, { victim }, during) {
      await servers[victim].kill();
      await during();
      await servers[victim].start();
    },
  },
  'a server stands still': {
    lasts: [1_000, LONG],
    happen: ({ servers }, { victim }, during) => stopped(servers[victim], during),
  },
  'a node of NATS is killed': {
    lasts: [0, 3_000],
    async happen({ nats }, { node }, during) {
      await nats.nodes[node].kill();
      await during();
      await nats.nodes[node].start();
    },
  },
  'all of NATS is killed': {
    lasts: [500, 4_000],
    async happen({ nats }, _, during) {
      await nats.kill();
      await during();
      await nats.start();
    },
  },
  'the store is killed': {
    lasts: [0, 3_000],
    async happen({ emulator }, _, during) {
      await emulator.kill();
      await during();
      await emulator.start();
    },
  },
  "the store's disk is stuck": {
    lasts: [1_000, 4_000],
    happen: ({ emulator }, _, during) => stopped(emulator, during),
  },
  "the store's disk is full": {
    lasts: [1_000, 4_000],
    needs: 'disk',
    async happen({ disk, emulator }, _, during) {
      disk.fill();
      await fillFile(emulator);
      // What the store gave back when it was refused.
      disk.fill();
      await during();
      disk.free();
    },
  },
  'a server is cut from NATS': cut('bus'),
  'a server is cut from the store': cut('store'),
  'a server is cut from both': cut('bus', 'store'),
  "a server's clock jumps": {
    lasts: [0, 0],
    needs: 'clocks',
    async happen({ clocks }, { victim, jump }, during) {
      clocks.set(victim, jump);
      await during();
    },
  },
  // A server that runs reads the clock once: it believes in the jump only after this.
  'a server is killed, and its clock jumps': {
    lasts: [0, 3_000],
    needs: 'clocks',
    async happen({ clocks, servers }, { victim, jump }, during) {
      await servers[victim].kill();
      clocks.set(victim, jump);
      await during();
      await servers[victim].start();
    },
  },
};

function cut(...parts) {
  return {
    lasts: [1_000, LONG],
    needs: 'cuts',
    async happen({ cuts }, { victim }, during) {
      cuts.cut(parts.map((part) => cuts.address(part, victim)));
      await during();
      cuts.heal();
    },
  };
}

async function stopped({ pid }, during) {
  process.kill(pid, 'SIGSTOP');
  await during();
  process.kill(pid, 'SIGCONT');
}

/** Writes until the store says that its disk is full: until then its file may have room. */
async function fillFile(emulator) {
  for (let n = 0; n < DOCUMENTS; n += 1) {
    const { error } = await emulator.rest('PATCH', `/ballast/${n}`, { fields: { x: { stringValue: DOCUMENT } } });
    if (error) return;
  }
  throw new Error('the disk is full, and the store writes all the same');
}

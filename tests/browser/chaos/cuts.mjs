// Cuts between one server and what it needs. Each server reaches the bus and the store under addresses of its own, and a
// table of nft loses every packet to and from such an address, without a word to either side.

import { asRoot, reason } from './root.mjs';

const TABLE = `tsukiyo_chaos_${process.pid}`;
/** Parts of 127.0.0.0/8 that nobody else uses: 127.0.1.1 is many a machine's own name. */
const NET = process.pid % 250;
const PARTS = { bus: 71, store: 72 };

export function makeCuts() {
  return new Cuts();
}

class Cuts {
  /** Why nothing can be cut here; nothing if it can. */
  why = whyNot();

  /** Where the bus and the store have to listen to be reached under all these addresses. */
  get host() {
    return this.why ? '127.0.0.1' : '0.0.0.0';
  }

  /** The address under which a server reaches the `bus` or the `store`. */
  address(part, server) {
    return this.why ? '127.0.0.1' : `127.${PARTS[part]}.${NET}.${server + 1}`;
  }

  /** Loses all that is sent to and from these addresses. */
  cut(addresses) {
    const all = `{ ${addresses.join(', ')} }`;
    // Where they come in: a packet that is lost where it is sent from is an error to who sends it.
    const chain = `type filter hook input priority 0 ; ip daddr ${all} drop ; ip saddr ${all} drop ;`;
    asRoot('nft', `add table inet ${TABLE} ; delete table inet ${TABLE} ; table inet ${TABLE} { chain in { ${chain} } \n }`);
  }

  /** Lets everything through again. */
  heal() {
    if (!this.why) asRoot('nft', `add table inet ${TABLE} ; delete table inet ${TABLE}`);
  }
}

function whyNot() {
  // Elsewhere a machine has one loopback address unless it is given others.
  if (process.platform !== 'linux') return 'only Linux has a whole network of loopback addresses';
  try {
    asRoot('nft', `add table inet ${TABLE} ; delete table inet ${TABLE}`);
  } catch (error) {
    return `nft does not work here: ${reason(error)}`;
  }
  return undefined;
}

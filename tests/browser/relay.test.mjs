// Two whose networks let them meet nowhere but at the relay inside of the server.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';

let server, browser;

before(async () => {
  server = await startServer({ ports: { 'turn-port': 0 } });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const transport of ['udp', 'tcp']) {
  proof(`two see and hear each other through the relay alone, over ${transport}`, async () => {
    await browser.empty();
    const luna = await behindAWall('Luna', transport);
    const kaguya = await behindAWall('Kaguya', transport);
    await luna.join();
    await kaguya.join();
    await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
    for (const member of [luna, kaguya]) {
      assert.deepEqual(await chosen(member.page), [`relay ${transport}`], member.name);
    }
    assert.ok((await relayed()) > 50_000, 'what they see has passed the relay');
  });
}

/** Opens the lobby for somebody from whose network only the relay can be reached, and that over one transport. */
async function behindAWall(name, transport) {
  const page = await browser.person();
  await page.addInitScript((transport) => {
    const Plain = window.RTCPeerConnection;
    window.__walled = [];
    window.RTCPeerConnection = class extends Plain {
      constructor(configuration = {}) {
        super(wall(configuration));
        window.__walled.push(this);
      }

      setConfiguration(configuration) {
        super.setConfiguration(wall(configuration));
      }
    };
    function wall(configuration) {
      const iceServers = (configuration.iceServers ?? []).map((server) => {
        const urls = [server.urls].flat().filter((url) => url.startsWith('turn:') && url.includes(`transport=${transport}`));
        return { ...server, urls };
      });
      return { ...configuration, iceTransportPolicy: 'relay', iceServers: iceServers.filter((server) => server.urls.length > 0) };
    }
  }, transport);
  return openLobby(page, server, { room: `relay-${transport}`, name });
}

/** What the pairs are that carry something: the own candidate's type, and how the relay is reached. */
function chosen(page) {
  return page.evaluate(async () => {
    const found = new Set();
    for (const connection of window.__walled.filter((connection) => connection.connectionState === 'connected')) {
      const stats = await connection.getStats();
      for (const transport of stats.values()) {
        if (transport.type !== 'transport' || !transport.selectedCandidatePairId) continue;
        const pair = stats.get(transport.selectedCandidatePairId);
        const local = stats.get(pair.localCandidateId);
        found.add(`${local.candidateType} ${local.relayProtocol}`);
      }
    }
    return [...found];
  });
}

/** How many bytes the server says that it has relayed. */
async function relayed() {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^tsukiyo_turn_bytes_total (\d+)$/m.exec(text)?.[1] ?? 0);
}

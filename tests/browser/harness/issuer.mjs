// Somebody who knows people and signs who they are: a certified OpenID Connect provider.

import crypto from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { Provider } from 'oidc-provider';
import { freePorts } from './ports.mjs';

/** Who asks for tokens without a person, and for what. */
const MACHINE = { id: 'robot', secret: 'the secret of the robot', audience: 'https://rooms.example/api' };

/** Starts one that lets people sign in for `site`, with any name; those whom `groups` names are in that group. */
export async function startIssuer({ site, client = 'tsukiyo', secret = 'the secret of the site', groups = {} }) {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  let provider = new Provider(url, settings());
  let answers = (request, response) => provider.callback()(request, response);
  const server = http.createServer((request, response) => answers(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  function settings() {
    return {
      clients: [
        { client_id: client, client_secret: secret, redirect_uris: [`${site}/sign-in/done`] },
        { client_id: MACHINE.id, client_secret: MACHINE.secret, redirect_uris: [], response_types: [], grant_types: ['client_credentials'] },
      ],
      jwks: { keys: [key()] },
      cookies: { keys: [crypto.randomUUID()] },
      // It asks every client for PKCE.
      pkce: { required: () => true },
      claims: { openid: ['sub', 'groups'] },
      conformIdTokenClaims: false,
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, groups: groups[id] ? [groups[id]] : [] }) }),
      features: {
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => MACHINE.audience,
          getResourceServerInfo: () => ({ scope: '', audience: MACHINE.audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
          useGrantedResource: () => false,
        },
      },
    };
  }

  return {
    url,
    client,
    secret,
    audience: MACHINE.audience,

    /** A token for a program. */
    async machineToken() {
      const credentials = Buffer.from(`${MACHINE.id}:${encodeURIComponent(MACHINE.secret)}`).toString('base64');
      const answer = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: MACHINE.audience }),
      });
      const said = await answer.json();
      if (!said.access_token) throw new Error(`the issuer says ${JSON.stringify(said)}`);
      return said.access_token;
    },

    /** Forgets its keys and makes new ones. */
    changeKeys() {
      provider = new Provider(url, settings());
    },

    /** Answers nobody, or answers again. */
    away(away = true) {
      answers = away ? (request) => request.socket.destroy() : (request, response) => provider.callback()(request, response);
    },

    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function key() {
  const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: crypto.randomUUID() };
}

// Writes documents straight into the store, for what the API does not let anybody choose: a post's time.
//
// Firestore speaks gRPC: a message of protocol buffers behind five bytes, posted over HTTP/2. The few messages that a
// commit takes are put together by hand here, which is shorter than a client library is to install.

import http2 from 'node:http2';

/** Stores documents in one commit: `{ path: { field: 'text' | Date } }`, with paths like `posts/abc`. */
export async function commit(address, project, documents) {
  const database = `projects/${project}/databases/(default)`;
  const writes = Object.entries(documents).map(([path, fields]) => {
    const entries = Object.entries(fields).map(([name, value]) => bytes(2, [bytes(1, name), bytes(2, valueOf(value))]));
    // Write { update = 1: Document { name = 1, fields = 2 } }
    return bytes(2, bytes(1, [bytes(1, `${database}/documents/${path}`), ...entries]));
  });
  await call(address, 'Commit', Buffer.concat([bytes(1, database), ...writes]));
}

function valueOf(value) {
  if (!(value instanceof Date)) return bytes(17, value);
  const millis = value.getTime();
  return bytes(10, [number(1, Math.floor(millis / 1000)), number(2, (millis % 1000) * 1_000_000)]);
}

function bytes(field, content) {
  const body = Array.isArray(content) ? Buffer.concat(content) : Buffer.from(content);
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

function number(field, value) {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function varint(value) {
  const out = [];
  for (let left = BigInt(value); ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...out, Number(left)]);
    out.push(Number(left & 127n) | 128);
  }
}

function call(address, method, message) {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  const session = http2.connect(`http://${address}`);
  return new Promise((answered, failed) => {
    session.on('error', failed);
    const stream = session.request({
      ':method': 'POST',
      ':path': `/google.firestore.v1.Firestore/${method}`,
      'content-type': 'application/grpc',
      authorization: 'Bearer owner',
      te: 'trailers',
    });
    let status;
    for (const event of ['response', 'trailers']) {
      stream.on(event, (headers) => (status = headers['grpc-status'] ? headers : status));
    }
    stream.on('error', failed);
    stream.on('data', () => {});
    stream.on('end', () => {
      if (status?.['grpc-status'] === '0') answered();
      else failed(new Error(`${method}: ${decodeURIComponent(status?.['grpc-message'] ?? 'no status')}`));
    });
    stream.end(Buffer.concat([prefix, message]));
  }).finally(() => session.close());
}

// The posts API as the ancestor's Express has it, but with nothing to wait for: posts live in an array.
//
// Settings are Express' own. It prints its port and runs until it is killed.

import express from 'express';
import { randomUUID } from 'node:crypto';
import { post } from './post.mjs';

const app = express();
const posts = Array.from({ length: 10 }, () => stored(post));

app.use(express.json({ limit: '1mb' }));
app.get('/posts', (_request, response) => response.json(posts.slice(-10)));
app.post('/posts', (request, response) => {
  const made = stored(request.body);
  posts.push(made);
  response.json(made);
});

function stored(data) {
  const now = new Date().toISOString();
  // As long as an id of Firestore's and a time with microseconds, so that both servers answer as many bytes.
  const id = randomUUID().replaceAll('-', '').slice(0, 20);
  const time = now.replace('Z', '000Z');
  return { id, data: { ...data, regist_datetime: time, update_datetime: time } };
}

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));

// Messages on the signaling socket that are wrong, each with the error code that must come back.

const join = (fields) => ({ type: 'join', room: 'elsewhere', name: 'Mallory', media: { audio: true, video: true }, ...fields });
const to = 'SOMEBODY';
const handshake = { by: 'SOMEBODY', attempt: 1 };

/** What a client says before it is in any room. */
export const OUTSIDE = [
  ['a word', 'hello', 'badMessage'],
  ['nothing', '', 'badMessage'],
  ['half a message', '{"type": "join"', 'badMessage'],
  ['an array', '[]', 'badMessage'],
  ['null', 'null', 'badMessage'],
  ['brackets 30,000 deep', '['.repeat(30_000), 'badMessage'],
  ['no type', '{}', 'badMessage'],
  ['a type that is a number', '{"type": 1}', 'badMessage'],
  ['a type that nobody knows', '{"type": "explode"}', 'badMessage'],
  ['a type that only the server has', '{"type": "joined", "room": "a"}', 'badMessage'],
  ['a type in other letters', '{"type": "JOIN"}', 'badMessage'],
  ['join without a room', { type: 'join', name: 'a', media: { audio: true, video: true } }, 'badMessage'],
  ['join without a name', { type: 'join', room: 'a', media: { audio: true, video: true } }, 'badMessage'],
  ['join without media', { type: 'join', room: 'a', name: 'a' }, 'badMessage'],
  ['media that are words', join({ media: { audio: 'yes', video: 'no' } }), 'badMessage'],
  ['an empty room', join({ room: '' }), 'badMessage'],
  ['a room of 65 characters', join({ room: 'r'.repeat(65) }), 'badMessage'],
  ['a room that is a path', join({ room: '../' }), 'badMessage'],
  ['a room that is a longer path', join({ room: '../../etc/passwd' }), 'badMessage'],
  ['a room with a slash', join({ room: 'a/b' }), 'badMessage'],
  ['a reserved room', join({ room: '__secret__' }), 'badMessage'],
  ['a room with markup', join({ room: '<script>' }), 'badMessage'],
  ['a room with a null byte', join({ room: 'a\0' }), 'badMessage'],
  ['a room that is a number', join({ room: 7 }), 'badMessage'],
  ['an empty name', join({ name: '' }), 'badMessage'],
  ['a name of blanks', join({ name: ' \t ' }), 'badMessage'],
  ['a name of 41 characters', join({ name: '月'.repeat(41) }), 'badMessage'],
  ['a name that turns the writing', join({ name: 'a\u202eb' }), 'badMessage'],
  ['a name of two lines', join({ name: 'a\nb' }), 'badMessage'],
  ['a resume token of 701 characters', join({ resume: 'x'.repeat(701) }), 'badMessage'],
  ['a peek at no room', { type: 'peek' }, 'badMessage'],
  ['a peek at a path', { type: 'peek', room: '../' }, 'badMessage'],
  ['chat outside of a room', { type: 'chat', text: 'hi', nonce: 'n' }, 'notInRoom'],
  ['media outside of a room', { type: 'media', media: { audio: true, video: true } }, 'notInRoom'],
  ['an offer outside of a room', { type: 'offer', to, handshake, sdp: 'v=0' }, 'notInRoom'],
  ['leave outside of a room', { type: 'leave' }, 'notInRoom'],
];

/** What a member says. `SOMEBODY` stands for the id of another member of the room. */
export const INSIDE = [
  ['join once more', join(), 'alreadyInRoom'],
  ['empty chat', { type: 'chat', text: '', nonce: 'n' }, 'badMessage'],
  ['chat of blanks', { type: 'chat', text: ' \n ', nonce: 'n' }, 'badMessage'],
  ['chat of 4,001 characters', { type: 'chat', text: 'あ'.repeat(4_001), nonce: 'n' }, 'badMessage'],
  ['chat that turns the writing', { type: 'chat', text: 'a\u202eb', nonce: 'n' }, 'badMessage'],
  ['chat that is a number', { type: 'chat', text: 1, nonce: 'n' }, 'badMessage'],
  ['chat without a nonce', { type: 'chat', text: 'a' }, 'badMessage'],
  ['chat with an empty nonce', { type: 'chat', text: 'a', nonce: '' }, 'badMessage'],
  ['chat with a nonce that is a path', { type: 'chat', text: 'a', nonce: '../' }, 'badMessage'],
  ['an offer to nobody', { type: 'offer', to: 'nobody', handshake, sdp: 'v=0' }, 'unknownMember'],
  ['an offer to a path', { type: 'offer', to: '../', handshake, sdp: 'v=0' }, 'badMessage'],
  ['an offer to oneself', { type: 'offer', to: 'MYSELF', handshake, sdp: 'v=0' }, 'unknownMember'],
  ['an offer of no handshake', { type: 'offer', to, sdp: 'v=0' }, 'badMessage'],
  ['an offer with a negative attempt', { type: 'offer', to, handshake: { by: to, attempt: -1 }, sdp: 'v=0' }, 'badMessage'],
  ['an offer of 50,000 bytes', { type: 'offer', to, handshake, sdp: 'v'.repeat(50_000) }, 'badMessage'],
  ['a candidate that is a word', { type: 'candidate', to, handshake, candidate: 'x' }, 'badMessage'],
  ['a candidate of 1,001 characters', { type: 'candidate', to, handshake, candidate: { candidate: 'x'.repeat(1_001) } }, 'badMessage'],
  ['a candidate of line -1', { type: 'candidate', to, handshake, candidate: { candidate: '', sdpMLineIndex: -1 } }, 'badMessage'],
];

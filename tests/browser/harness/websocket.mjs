// The sockets of Node's programs, for those that live beside this folder and not in it.

export { WebSocket } from 'ws';

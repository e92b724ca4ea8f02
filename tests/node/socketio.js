// A client of the hub on npm's socket.io-client. What it hears is one JSON line each; each line that it is told on stdin is an event to emit. The argument says how it connects, and what it acknowledges with.
'use strict';
const { io } = require('socket.io-client');
const call = JSON.parse(process.argv[2]);
const tell = (what, ...args) => console.log(JSON.stringify({ what, args }));

const socket = io(call.url, { reconnectionDelay: 100, reconnectionDelayMax: 300, ...call.options });
socket.on('connect', () => tell('connect', socket.io.engine.transport.name));
socket.on('connect_error', (error) => tell('connect_error', error.message, error.data ?? null, typeof error.context?.responseText === 'string' ? error.context.responseText : null));
socket.on('disconnect', (reason) => tell('disconnect', reason));
socket.onAny((event, ...args) => {
  const ack = typeof args[args.length - 1] === 'function' ? args.pop() : null;
  tell(event, ...args);
  const answer = call.answers?.[event] ?? call.answers?.[args[0]?.op];
  if (ack && answer !== undefined) ack(answer);
});

require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { event, args, bytes } = JSON.parse(line);
  if (event === 'end') return socket.disconnect();
  if (bytes) args[0][bytes] = Buffer.from(args[0][bytes]);
  socket.emit(event, ...args, (...answer) => tell(`ack ${event}`, ...answer));
}).on('close', () => process.exit(0));

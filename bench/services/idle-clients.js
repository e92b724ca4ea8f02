// Opens sockets and keeps them, saying nothing after the start: KIND(ingest|hub|socketio) PORT COUNT, for the hub with a TOKEN in the environment. Prints "open" when all are there.
const WebSocket = require('../node/node_modules/ws');
const [, , kind, port, count] = process.argv;
const kinds = {
  ingest: {
    path: '/v1/ingest', offers: [],
    opened: (socket, k) => socket.send(JSON.stringify({ event: 'start', interaction_id: `i${k}`, tenant_id: 't', sample_rate: 16000, encoding: 'pcm16' })),
    heard: (socket, text) => text.includes('"started"'),
  },
  hub: {
    path: '/hub', offers: ['mainstay.hub.v1'],
    opened: socket => socket.send('{"t":"hello"}'),
    heard: (socket, text) => text.includes('"welcome"'),
  },
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket', offers: [],
    opened: () => {},
    heard: (socket, text) => {
      if (text[0] === '0') socket.send('40');
      else if (text === '2') socket.send('3');
      return text.startsWith('40');
    },
  },
};
const { path, offers, opened, heard } = kinds[kind];
const headers = process.env.TOKEN ? { Authorization: `Bearer ${process.env.TOKEN}` } : {};
let begun = 0, open = 0;
function next() {
  if (begun >= +count) return;
  const k = begun++;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, offers, { perMessageDeflate: false, headers });
  socket.on('open', () => opened(socket, k));
  socket.on('message', data => {
    if (!heard(socket, String(data))) return;
    if (++open === +count) console.log('open'); else next();
  });
  socket.on('error', error => { console.error(error.message); });
}
for (let j = 0; j < 50; j++) next();
setInterval(() => {}, 1000);

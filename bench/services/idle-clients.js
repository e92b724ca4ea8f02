// Opens sockets and keeps them, saying nothing after the start: KIND(ingest|socketio) PORT COUNT. Prints "open" when all are there.
const WebSocket = require('../node/node_modules/ws');
const [, , kind, port, count] = process.argv;
let begun = 0, open = 0;
const done = () => { if (++open === +count) console.log('open'); else next(); };
function next() {
  if (begun >= +count) return;
  const k = begun++;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${kind === 'ingest' ? '/v1/ingest' : '/socket.io/?EIO=4&transport=websocket'}`, { perMessageDeflate: false });
  socket.on('open', () => { if (kind === 'ingest') socket.send(JSON.stringify({ event: 'start', interaction_id: `i${k}`, tenant_id: 't', sample_rate: 16000, encoding: 'pcm16' })); });
  socket.on('message', data => {
    const text = String(data);
    if (kind === 'ingest') { if (text.includes('"started"')) done(); }
    else if (text[0] === '0') socket.send('40');
    else if (text === '2') socket.send('3');
    else if (text.startsWith('40')) done();
  });
  socket.on('error', error => { console.error(error.message); });
}
for (let j = 0; j < 50; j++) next();
setInterval(() => {}, 1000);

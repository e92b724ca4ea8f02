// Calls that send frames of 3,200 bytes as fast as they are acknowledged: PORT CALLS SECONDS WINDOW. Prints one JSON object.
const WebSocket = require('../node/node_modules/ws');
const [, , port, calls, seconds, window] = process.argv.map((a, i) => (i < 2 ? a : +a));
const frame = Buffer.alloc(3200);
const latencies = [];
const end = Date.now() + seconds * 1000;
let acked = 0;
for (let k = 0; k < calls; k++) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ingest`, { perMessageDeflate: false });
  const sentAt = new Map();
  let sent = 0, upTo = 0;
  const pump = () => {
    while (Date.now() < end && sent - upTo < window) {
      sent++;
      if (sent % 10 === 0) sentAt.set(sent, process.hrtime.bigint());
      socket.send(frame);
    }
  };
  socket.on('open', () => socket.send(JSON.stringify({ event: 'start', interaction_id: `i${k}`, tenant_id: 't', sample_rate: 48000, encoding: 'pcm16' })));
  socket.on('message', data => {
    const message = JSON.parse(data);
    if (message.event === 'ack') {
      acked += message.seq - upTo;
      upTo = message.seq;
      const at = sentAt.get(upTo);
      if (at) latencies.push(Number(process.hrtime.bigint() - at) / 1e6);
      sentAt.delete(upTo);
    }
    pump();
  });
}
setTimeout(() => {
  latencies.sort((a, b) => a - b);
  const at = share => latencies[Math.floor(latencies.length * share)] ?? null;
  console.log(JSON.stringify({ acked, per_second: acked / seconds, p50: at(0.5), p99: at(0.99) }));
  process.exit(0);
}, seconds * 1000 + 500);

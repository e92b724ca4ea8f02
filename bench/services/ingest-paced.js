// Calls that send frames of 3,200 bytes at a steady rate, whatever is acknowledged, and then wait: PORT CALLS PER_SECOND FRAMES. Prints one JSON object: how long a frame waited for the ack that covers it,
// how long the last frame of each call did, and how many calls never had one for it.
const WebSocket = require('../node/node_modules/ws');
const [port, calls, perSecond, frames] = process.argv.slice(2).map(Number);
const patience = 3000;
const frame = Buffer.alloc(3200);
const latencies = [], tails = [];
const now = () => Number(process.hrtime.bigint()) / 1e6;
let left = calls;
for (let k = 0; k < calls; k++) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ingest`, { perMessageDeflate: false });
  const sentAt = [];
  let acked = 0;
  const send = () => {
    sentAt.push(now());
    socket.send(frame);
    if (sentAt.length === frames) { clearInterval(timer); setTimeout(done, patience); }
  };
  const done = () => { if (--left === 0) report(); };
  let timer;
  socket.on('open', () => socket.send(JSON.stringify({ event: 'start', interaction_id: `i${k}`, tenant_id: 't', sample_rate: 16000, encoding: 'pcm16' })));
  socket.on('message', data => {
    const message = JSON.parse(data), at = now();
    // Not all calls at the same moment.
    if (message.event === 'started') setTimeout(() => { timer = setInterval(send, 1000 / perSecond); }, Math.random() * 1000 / perSecond);
    if (message.event !== 'ack') return;
    for (; acked < message.seq; acked++) {
      latencies.push(at - sentAt[acked]);
      if (acked + 1 === frames) tails.push(at - sentAt[acked]);
    }
  });
}
function report() {
  const at = (values, share) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? null;
  console.log(JSON.stringify({ acked: latencies.length, p50: at(latencies, 0.5), p99: at(latencies, 0.99), tail50: at(tails, 0.5), tail99: at(tails, 0.99), never: calls - tails.length }));
  process.exit(0);
}

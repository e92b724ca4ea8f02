// A client of the ingest service on npm's ws: one call, told by a JSON argument; what it saw is one JSON line at its end.
'use strict';
const WebSocket = require('ws');
const call = JSON.parse(process.argv[2]);
const seen = { started: [], acks: [], others: [], closes: [] };
let [next, acked, session, pump] = [1, 0, null, () => {}];

const frame = (number) => {
  const audio = Buffer.alloc(call.bytes);
  for (let i = 0; i < audio.length; i++) audio[i] = (number * 31 + i * 7 + call.seed) & 255;
  return audio;
};

const end = (code) => { console.log(JSON.stringify({ ...seen, frames: call.frames })); process.exit(code); };

const hear = {
  started: (ws, said) => {
    // With so many more it is over, once it has been cut off; until then it goes on.
    if (session && call.more) { call.frames = next - 1 + call.more; call.more = 0; }
    seen.started.push(said); session = said.session; next = said.next_seq ?? 1;
    // Cut off between its last frame and the answer to its stop: it says it again.
    if (call.stop && next > call.frames) ws.send(JSON.stringify({ event: 'stop' }));
    pump();
  },
  ack: (ws, said) => {
    seen.acks.push(said); acked = said.seq; pump();
    // As before there was a stop: one hears of the last frame, and goes.
    if (acked === call.frames && !call.stop) ws.close(1000);
  },
};

const connect = () => {
  const ws = new WebSocket(call.url, { headers: { authorization: `Bearer ${call.token}` } });
  let retry = 100;
  pump = () => {
    if (ws.readyState !== WebSocket.OPEN || next > call.frames) return;
    // In step: the next frames only when those before are acknowledged.
    if (call.step && next - 1 > acked && (next - 1) % call.step === 0) return;
    ws.send(frame(next++), () => (call.gap ? setTimeout(pump, call.gap) : setImmediate(pump)));
    if (next > call.frames && call.stop) ws.send(JSON.stringify({ event: 'stop' }));
  };
  ws.on('open', () => {
    const start = { event: 'start', interaction_id: call.interaction, tenant_id: call.tenant, sample_rate: 16000, encoding: 'pcm16' };
    ws.send(JSON.stringify(session ? { ...start, resume: { session, next_seq: acked + 1 } } : start));
  });
  ws.on('message', (bytes) => {
    const said = JSON.parse(bytes);
    if (said.event === 'drain') retry = said.retry_ms;
    (hear[said.event] ?? (() => seen.others.push(said)))(ws, said);
  });
  ws.on('error', (error) => seen.others.push({ event: 'failed', message: error.message }));
  ws.on('close', (code, reason) => {
    seen.closes.push({ code, reason: reason.toString() });
    if (code === 1000 || !call.resume) end(0);
    setTimeout(connect, retry);
  });
};

setTimeout(() => end(2), 45_000);
connect();

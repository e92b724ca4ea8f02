// A till that does its part of the hub's protocol on npm's ws, told by a JSON argument: it stores a request on disk before it says so, does each key once, answers questions about keys, and comes back whenever it
// is cut off. "paper" gets one line for each thing that is done, whatever the protocol says: {"target", "key", "text"}. "store" is its memory. Now and then its door is open for a moment. One that "forgets" does
// not do its part: it says that it knows nothing of what it was asked.
'use strict';
const fs = require('fs');
const WebSocket = require('ws');

const call = JSON.parse(process.argv[2]);
const tell = (message) => console.log(JSON.stringify(message));
const known = new Map();
const busy = new Set();
let [current, state] = [null, call.seed];

// The same chances for the same seed.
const chance = (below) => { state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff; return (state >> 8) % below; };

const append = (file, line) => {
  const open = fs.openSync(file, 'a');
  fs.writeSync(open, JSON.stringify(line) + '\n');
  fs.fsyncSync(open);
  fs.closeSync(open);
};

const say = (message) => { if (current && current.readyState === WebSocket.OPEN) current.send(JSON.stringify(message)); };
const result = (job) => say({ t: 'res', id: job.id, ok: true, data: job.data });

const work = (job, asked) => {
  if (busy.has(asked.to)) tell({ fault: `${asked.key} was sent while ${asked.to} was at work` });
  busy.add(asked.to);
  setTimeout(() => {
    append(call.paper, { target: asked.to, key: asked.key, text: asked.data.text });
    job.data = { printed: asked.key, text: asked.data.text };
    append(call.store, { key: asked.key, data: job.data });
    busy.delete(asked.to);
    result(job);
  }, chance(call.slowest));
};

const serve = (asked) => {
  if (asked.op === '$status') {
    const job = call.forgets ? null : known.get(asked.data.key);
    const data = !job ? { state: 'none' } : job.data ? { state: 'done', data: job.data } : { state: 'accepted' };
    tell({ asked_of: data.state });
    say({ t: 'res', id: asked.id, ok: true, data });
    return;
  }
  const old = known.get(asked.key);
  if (!old && chance(12) === 0) {
    say({ t: 'err', id: asked.id, code: 'door_open', message: 'the door is open', temporary: true, retry_ms: 20 + chance(200) });
    return;
  }
  const job = old ?? { id: asked.id };
  job.id = asked.id;
  if (!old) { known.set(asked.key, job); append(call.store, { key: asked.key }); }
  say({ t: 'ack', id: asked.id });
  if (!old) work(job, asked);
  else if (job.data) result(job);
};

const connect = () => {
  const ws = new WebSocket(call.url, ['mainstay.hub.v1'], { headers: { Authorization: 'Bearer ' + call.token }, handshakeTimeout: 5000 });
  let retry = 50;
  ws.on('open', () => { current = ws; ws.send(JSON.stringify({ t: 'hello', device: { id: call.device } })); });
  ws.on('message', (bytes) => {
    const heard = JSON.parse(bytes);
    if (heard.t === 'welcome') tell(heard);
    if (heard.t === 'drain') retry = heard.retry_ms;
    if (heard.t === 'err') tell({ fault: `the hub did not like what the till said: ${bytes}` });
    if (heard.t === 'req') serve(heard);
  });
  ws.on('close', (code, reason) => { tell({ t: 'closed', code, reason: reason.toString() }); if (current === ws) current = null; setTimeout(connect, retry); });
  ws.on('error', (error) => tell({ t: 'failed', message: error.message }));
};

connect();

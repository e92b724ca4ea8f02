// Many clients on npm's ws in one process, told by a JSON argument: each says what is in "say" ({n} is its number) and waits. Three lines of JSON tell what they saw: "ready" when all are welcome, "gone" when
// all have been closed, "back" when each has come back after the time that it was told.
'use strict';
const WebSocket = require('ws');
const call = JSON.parse(process.argv[2]);
const seen = { welcome: 0, drained: 0, closes: {}, unequal: 0, retries: [], returns: [], again: 0, back: 0 };
let [opened, gone, firstClose] = [0, 0, 0];

const tell = (what) => console.log(JSON.stringify({ what, ...seen }));
const count = (histogram, seconds) => { const s = Math.floor(seconds); histogram[s] = (histogram[s] ?? 0) + 1; };

const open = (number, welcome, closed) => {
  const ws = new WebSocket(call.url, call.protocol ? [call.protocol] : [], { headers: { authorization: `Bearer ${call.token}` }, perMessageDeflate: false, handshakeTimeout: 20_000 });
  let [isWelcome, drain] = [false, null];
  ws.on('open', () => call.say.forEach((text) => ws.send(text.replaceAll('{n}', number))));
  ws.on('message', (bytes) => {
    const said = JSON.parse(bytes);
    const word = said.t ?? said.event;
    if (!isWelcome && word === call.welcome) { isWelcome = true; welcome(); }
    if (word === 'drain') drain = said.retry_ms;
  });
  ws.on('error', () => {});
  ws.on('close', (code, reason) => closed(code, reason.toString(), drain));
};

// Returns until it is let in; how often it had to ask again is counted.
const comeBack = (number) => open(number, () => { if (++seen.back === call.count) { tell('back'); process.exit(0); } }, () => { seen.again++; setTimeout(() => comeBack(number), 500 + Math.random() * 1000); });

const start = (number) => {
  let isWelcome = false;
  open(number, () => {
    isWelcome = true;
    if (++seen.welcome === call.count) return tell('ready');
    if (opened < call.count) start(opened++);
  }, (code, reason, drain) => {
    if (!isWelcome) return start(number);
    const now = Date.now();
    firstClose ||= now;
    seen.closes[code] = (seen.closes[code] ?? 0) + 1;
    if (drain !== null) seen.drained++;
    if (reason !== `retry_ms=${drain};resume=1`) seen.unequal++;
    count(seen.retries, (drain ?? 0) / 1000);
    setTimeout(() => { count(seen.returns, (Date.now() - firstClose) / 1000); comeBack(number); }, drain ?? 0);
    if (++gone === call.count) { seen.tookMs = now - firstClose; tell('gone'); }
  });
};

for (; opened < Math.min(call.atOnce, call.count); ) start(opened++);
setTimeout(() => { tell('late'); process.exit(2); }, 240_000);

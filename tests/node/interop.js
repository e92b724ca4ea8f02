// A client on npm's ws, told by a JSON argument: it says each of "say" when the one before was answered, then sends "binary" bytes or closes with "close"; what it saw is one JSON line.
'use strict';
const WebSocket = require('ws');
const call = JSON.parse(process.argv[2]);
const seen = { heard: [] };
const ws = new WebSocket(call.url, call.protocols ?? [], { headers: call.headers ?? {} });
const next = () => {
  if (call.say.length > 0) return ws.send(call.say.shift());
  if (call.binary) return ws.send(Buffer.alloc(call.binary));
  ws.close(call.close, 'good bye');
};
ws.on('open', () => { seen.protocol = ws.protocol; next(); });
ws.on('message', (bytes) => { seen.heard.push(bytes.toString()); next(); });
ws.on('error', (fault) => { seen.fault = fault.message; });
ws.on('close', (code) => { console.log(JSON.stringify({ ...seen, code })); });

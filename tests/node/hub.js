// A client of the hub on npm's ws, told by a JSON argument: it says hello, then what is in "say", and writes each message that it gets as one JSON line, the close as the last. With "paper" it is a till
// whose printer writes each key that it prints into that file; with "storm" it says so many values a second over so many keys, and at last "last" of each.
// With "extensions" it tells first what was agreed.
'use strict';
const fs = require('fs');
const WebSocket = require('ws');

const call = JSON.parse(process.argv[2]);
const ws = new WebSocket(call.url, ['mainstay.hub.v1'], { headers: { Authorization: 'Bearer ' + call.token } });
const say = (message) => ws.send(JSON.stringify(message));
const tell = (message) => console.log(JSON.stringify(message));
const printed = () => (fs.existsSync(call.paper) ? fs.readFileSync(call.paper, 'utf8').split('\n') : []);

const serve = (asked) => {
  if (asked.op === '$status') {
    const known = printed().includes(asked.data.key);
    say({ t: 'res', id: asked.id, ok: true, data: known ? { state: 'done', data: { printed: asked.data.key } } : { state: 'none' } });
    return;
  }
  fs.appendFileSync(call.paper, asked.key + '\n');
  say({ t: 'ack', id: asked.id });
  say({ t: 'res', id: asked.id, ok: true, data: { printed: asked.key } });
};

const storm = ({ keys, perSecond, seconds }) => {
  let said = 0;
  const began = Date.now();
  const timer = setInterval(() => {
    const due = Math.min(perSecond * seconds, Math.floor(((Date.now() - began) * perSecond) / 1000));
    for (; said < due; said++) say({ t: 'status', of: `printer:${said % keys}`, data: said });
    if (said < perSecond * seconds) return;
    clearInterval(timer);
    for (let key = 0; key < keys; key++) say({ t: 'status', of: `printer:${key}`, data: 'last' });
  }, 5);
};

ws.on('open', () => { if (call.extensions) tell({ t: 'extensions', value: ws.extensions }); say(call.hello); (call.say ?? []).forEach(say); });
ws.on('message', (bytes) => {
  const heard = JSON.parse(bytes);
  tell(heard);
  if (heard.t === 'welcome' && call.storm) storm(call.storm);
  if (heard.t === 'req' && call.paper) serve(heard);
});
ws.on('close', (code, reason) => { tell({ t: 'closed', code, reason: reason.toString() }); process.exit(0); });
ws.on('error', (fault) => tell({ t: 'fault', message: fault.message }));

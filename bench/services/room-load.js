// Watchers of one room and one publisher, all plain WebSockets: KIND(hub|socketio) PORT WATCHERS PER_SECOND SECONDS BYTES STOPPED, for the hub with a TOKEN in the environment. STOPPED more watchers do not read.
// Prints one JSON object: how long events took from the publisher to each watcher that reads.
const WebSocket = require('../node/node_modules/ws');
const [kind, ...numbers] = process.argv.slice(2);
const [port, watchers, perSecond, seconds, bytes, stopped] = numbers.map(Number);
const kinds = {
  hub: {
    path: '/hub', offers: ['mainstay.hub.v1'],
    first: socket => socket.send('{"t":"hello"}'),
    entered: (socket, text) => text.includes('"welcome"'),
    subscribe: socket => socket.send('{"t":"sub","id":"s","room":"r"}'),
    subscribed: text => text.includes('"ok"'),
    publish: (socket, text, n) => socket.send(`{"t":"pub","id":"p${n}","room":"r","data":"${text}"}`),
  },
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket', offers: [],
    first: () => {},
    entered: (socket, text) => {
      if (text[0] === '0') socket.send('40');
      else if (text === '2') socket.send('3');
      return text.startsWith('40');
    },
    subscribe: socket => socket.send('421["sub","r"]'),
    subscribed: text => text.startsWith('431'),
    publish: (socket, text) => socket.send(`42["pub","r","${text}"]`),
  },
};
const its = kinds[kind];
const headers = process.env.TOKEN ? { Authorization: `Bearer ${process.env.TOKEN}` } : {};
const now = () => Number(process.hrtime.bigint()) / 1e6;
const WARM_SECONDS = 5;
const latencies = [], closes = [];
let measuring = false, subscribed = 0;
const connect = heard => new Promise(entered => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${its.path}`, its.offers, { perMessageDeflate: false, headers });
  socket.on('open', () => its.first(socket));
  socket.on('error', error => { console.error(error.message); });
  socket.on('message', data => {
    const text = data.toString('latin1');
    if (its.entered(socket, text)) entered(socket);
    else heard(text);
  });
});
const watch = async counts => {
  const socket = await connect(text => {
    const from = text.indexOf('@');
    if (from >= 0) { if (measuring && counts) latencies.push(now() - parseFloat(text.slice(from + 1))); }
    else if (its.subscribed(text)) subscribed++;
  });
  its.subscribe(socket);
  return socket;
};
const pause = ms => new Promise(passed => setTimeout(passed, ms));
(async () => {
  for (let k = 0; k < watchers; k += 50) await Promise.all(Array.from({ length: Math.min(50, watchers - k) }, () => watch(true)));
  const mute = await Promise.all(Array.from({ length: stopped }, () => watch(false)));
  while (subscribed < watchers + stopped) await pause(20);
  const publisher = await connect(() => {});
  const padding = 'x'.repeat(Math.max(0, bytes - 20));
  let published = 0;
  const publish = count => new Promise(over => {
    const began = now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.floor((now() - began) * perSecond / 1000);
      for (; sent < Math.min(due, count); sent++) its.publish(publisher, `@${now().toFixed(3)}@${padding}`, published++);
      if (sent >= count) { clearInterval(timer); over(); }
    }, 2);
  });
  // What both sides do once, when they begin, is not what a delivery costs.
  await publish(perSecond * WARM_SECONDS);
  await pause(1000);
  for (const socket of mute) {
    socket.on('close', code => closes.push(code));
    socket.pause();
  }
  console.log('ready');
  const began = now();
  measuring = true;
  const sent = perSecond * seconds;
  await publish(sent);
  const patience = now() + 10_000;
  while (latencies.length < sent * watchers && now() < patience) await pause(20);
  const took = (now() - began) / 1000;
  for (const socket of mute) socket.resume();
  await pause(stopped ? 1500 : 0);
  latencies.sort((a, b) => a - b);
  const at = share => latencies[Math.floor((latencies.length - 1) * share)] ?? null;
  console.log(JSON.stringify({ events: sent, delivered: latencies.length, missing: sent * watchers - latencies.length, per_second: latencies.length / took, p50: at(0.5), p99: at(0.99), max: at(1), closed: closes.join(' ') }));
  process.exit(0);
})();

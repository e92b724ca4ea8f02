// A small web service with the habits of real ones, and their faults: each fault is asked for by an environment variable.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const env = process.env;

if (env.BOOT_CRASH) { console.error(env.BOOT_CRASH); process.exit(Number(env.BOOT_EXIT ?? 1)); }

const after = (ms, what) => setTimeout(what, ms);
const json = (res, status, body) => { res.writeHead(status, { 'content-type': 'application/json' }); res.end(JSON.stringify(body)); };
const sick = () => env.NEVER_READY || (env.SICK_FILE && fs.existsSync(env.SICK_FILE));
const hoard = [];

const pages = {
  health: (req, res) => json(res, sick() ? 503 : 200, { status: sick() ? 'unhealthy' : env.HEALTH_STATUS ?? 'healthy' }),
  slow: (req, res, query) => { if (query.has('say')) console.log('slow begins'); after(Number(query.get('ms') ?? 2000), () => hello(req, res)); },
  env: (req, res) => json(res, 200, env),
  headers: (req, res) => json(res, 200, { method: req.method, url: req.url, headers: req.headers, http: req.httpVersion }),
  echo: (req, res) => { res.writeHead(200, { 'content-type': 'application/octet-stream' }); req.pipe(res); },
  store: (req, res) => { const parts = []; req.on('data', (part) => parts.push(part)); req.on('end', () => res.end(Buffer.concat(parts))); },
  status: (req, res, query) => json(res, Number(query.get('code')), { said: 'by the application' }),
  hang: () => {},
  abort: (req) => req.socket.destroy(),
  exit: (req, res, query) => { json(res, 200, { bye: true }); after(20, () => process.exit(Number(query.get('code') ?? 1))); },
  kill: (req, res, query) => { json(res, 200, { bye: true }); after(20, () => process.kill(process.pid, query.get('signal'))); },
  say: (req, res, query) => { console.log(query.get('text')); json(res, 200, {}); },
  grow: (req, res, query) => { hoard.push(Buffer.alloc(Number(query.get('mb')) * 1e6, 1)); json(res, 200, { held: hoard.length }); },
  events: (req, res, query) => {
    const [count, every] = [Number(query.get('count') ?? 10), Number(query.get('every') ?? 100)];
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    let sent = 0;
    const timer = setInterval(() => { res.write(`data: ${++sent}\n\n`); if (sent === count) { clearInterval(timer); res.end(); } }, every);
    res.on('close', () => clearInterval(timer));
  },
};

function hello(req, res) {
  json(res, 200, { pid: process.pid, version: env.VERSION ?? '1', instance: env.MAINSTAY_INSTANCE ?? '', service: env.MAINSTAY_SERVICE ?? '', url: req.url });
}

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://app');
  (pages[url.pathname.split('/').pop()] ?? hello)(req, res, url.searchParams);
});
server.keepAliveTimeout = 60000;

let sockets;
server.on('upgrade', (req, socket, head) => {
  sockets ??= new (require('ws').WebSocketServer)({ noServer: true });
  sockets.handleUpgrade(req, socket, head, (ws) => ws.on('message', (data, binary) => ws.send(data, { binary })));
});

function stop(signal) {
  if (env.DEAF) { console.log(`${signal} ignored`); return; }
  console.log(`${signal}: closing`);
  server.close(() => process.exit(0));
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

const where = env.LISTEN_FDS ? { fd: 3 } : { port: Number(env.WRONG_PORT ?? env.PORT), host: env.LISTEN_HOST ?? '127.0.0.1' };
if (env.HANG) setInterval(() => {}, 1000);
else after(Number(env.BOOT_MS ?? 0), () => server.listen(where, () => { console.log(`listening, version ${env.VERSION ?? '1'}`); process.send?.('ready'); }));
if (env.EXIT_AFTER) after(Number(env.EXIT_AFTER), () => { console.error('Error: giving up'); process.exit(Number(env.EXIT_CODE ?? 1)); });
if (env.TICK) { let n = 0; setInterval(() => console.log(`tick ${++n}`), Number(env.TICK)); }

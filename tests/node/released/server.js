// The service that rollouts bring from version to version. What one commit is, and what is wrong with it, stands in release.json.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const release = JSON.parse(fs.readFileSync('release.json', 'utf8'));
const env = process.env;

if (release.says) console.log(release.says.replace(/\$(\w+)/g, (_, name) => env[name] ?? ''));
const mine = (instances) => instances === undefined || instances === env.MAINSTAY_INSTANCE;
if (release.throws && mine(release.throwsAs)) throw new Error(release.throws.replace(/\$(\w+)/g, (_, name) => env[name] ?? ''));

const json = (res, status, body) => { res.writeHead(status, { 'content-type': 'application/json' }); res.end(JSON.stringify(body)); };
const me = () => ({ pid: process.pid, version: release.version, release: env.MAINSTAY_RELEASE ?? '', cwd: process.cwd() });
const baked = fs.existsSync('commit.txt') ? fs.readFileSync('commit.txt', 'utf8').trim() : '';

function live(res) {
  json(res, release.neverReady ? 503 : 200, { status: release.neverReady ? 'unhealthy' : 'healthy' });
  // A fault that shows only when everybody believes in the release.
  if (release.diesAfterMs) setTimeout(() => { console.error(release.lastWords ?? 'Error: giving up'); process.exit(1); }, release.diesAfterMs);
  release.diesAfterMs = 0;
}

const pages = {
  health: live,
  version: (res) => json(res, 200, { ...me(), commit: baked }),
  slow: (res, query) => setTimeout(() => json(res, 200, me()), Number(query.get('ms') ?? 1000)),
};

function hello(res) {
  if (release.failsFrom && Math.random() < release.failsFrom) json(res, 500, { ...me(), error: 'by the application' });
  else setTimeout(() => json(res, 200, me()), release.slowMs ?? 0);
}

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://app');
  (pages[url.pathname.split('/').pop()] ?? hello)(res, url.searchParams);
});
server.keepAliveTimeout = 60000;
process.on('SIGTERM', () => server.close(() => process.exit(0)));

// Listens once this file is there: a test chooses the moment.
const waits = release.waitsFor && mine(release.waits);
if (waits) fs.appendFileSync(`${path.dirname(release.waitsFor)}/came`, 'came\n');
const gate = setInterval(() => {
  if (waits && !fs.existsSync(release.waitsFor)) return;
  clearInterval(gate);
  server.listen(env.LISTEN_FDS ? { fd: 3 } : { port: Number(env.PORT), host: '127.0.0.1' }, () => console.log(`listening, version ${release.version}`));
}, 25);

// Counts by name, in memory. GET /health, GET /counters, POST /counters/<name>
'use strict';
const http = require('node:http');

const counters = new Map();

const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://store');
  const name = /^\/counters\/([a-z0-9-]{1,40})$/.exec(pathname)?.[1];
  if (request.method === 'GET' && pathname === '/health') {
    answer(response, 200, { status: 'healthy' });
  } else if (request.method === 'GET' && pathname === '/counters') {
    answer(response, 200, Object.fromEntries(counters));
  } else if (request.method === 'POST' && name) {
    counters.set(name, (counters.get(name) ?? 0) + 1);
    answer(response, 200, { name, count: counters.get(name) });
  } else {
    answer(response, 404, { error: 'not found' });
  }
});

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`store listens on 127.0.0.1:${process.env.PORT}`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  console.log('store stops: no new connections, finishing what is in flight');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

// Greets, and counts each greeting in the store. GET /health, GET /, GET /slow
'use strict';
const http = require('node:http');

const store = process.env.STORE_URL;
const who = `${process.env.MAINSTAY_SERVICE ?? 'api'}-${Number(process.env.MAINSTAY_INSTANCE ?? 0) + 1}`;

const server = http.createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://api');
  try {
    if (pathname === '/health') {
      answer(response, 200, { status: 'healthy' });
    } else if (pathname === '/') {
      const { count } = await post(`${store}/counters/greetings`);
      answer(response, 200, { message: `${process.env.GREETING} from ${who}, pid ${process.pid}`, greetings: count });
    } else if (pathname === '/slow') {
      // Long enough to reload the service in the meantime: the answer still comes.
      setTimeout(() => answer(response, 200, { message: `slowly, from ${who}, pid ${process.pid}` }), 5000);
    } else {
      answer(response, 404, { error: 'not found' });
    }
  } catch (error) {
    console.error(`${request.method} ${pathname}: ${error.message}`);
    answer(response, 503, { error: 'the store does not answer' });
  }
});

async function post(url) {
  const reply = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(2000) });
  if (!reply.ok) {
    throw new Error(`${url} answered ${reply.status}`);
  }

  return reply.json();
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`${who} listens on 127.0.0.1:${process.env.PORT}`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  console.log(`${who} stops: no new connections, finishing what is in flight`);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

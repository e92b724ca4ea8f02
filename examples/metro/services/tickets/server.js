// Tickets, kept in PostgreSQL. Only the gateway may ask: it says who the user is, and shows INTERNAL_TOKEN.
//   POST /v1/tickets {"from":"central","to":"harbor"}    sells a ticket to the user
//   GET  /v1/tickets                                     the user's newest tickets
//   GET  /health                                         degraded while PostgreSQL is away
'use strict';
const http = require('node:http');
const { createHash, timingSafeEqual } = require('node:crypto');
const { Pool } = require('pg');
const { version } = require('./package.json');

const MAX_BODY_BYTES = 4096;
const expected = digest(process.env.INTERNAL_TOKEN);

// Where: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE.
const database = new Pool({ connectionTimeoutMillis: 2000, query_timeout: 10000 });
// An idle connection that breaks is no reason to exit: the pool opens another one.
database.on('error', (error) => console.error(`postgres: ${error.message}`));

const server = http.createServer(async (request, response) => {
  try {
    json(response, ...await answer(request));
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error.message || error.code}`);
    if (error instanceof SyntaxError) {
      json(response, 400, { error: error.message });
    } else {
      json(response, 503, { error: 'tickets are not available now' });
    }
  }
});

async function answer(request) {
  if (request.url === '/health') {
    const up = await database.query('SELECT 1').then(() => true, () => false);
    return [200, { status: up ? 'healthy' : 'degraded', postgres: up ? 'up' : 'down', version }];
  }

  const user = request.headers['x-user'];
  if (!user || !timingSafeEqual(digest(request.headers['x-internal-token']), expected)) {
    return [403, { error: 'ask the gateway' }];
  }

  switch (`${request.method} ${request.url}`) {
    case 'GET /v1/tickets': {
      const { rows } = await database.query('SELECT id, origin, destination, sold_at FROM ticket WHERE holder = $1 ORDER BY id DESC LIMIT 50', [user]);
      return [200, { tickets: rows, version, pid: process.pid }];
    }
    case 'POST /v1/tickets': {
      const { from, to } = await readJson(request);
      if (typeof from !== 'string' || typeof to !== 'string') {
        return [400, { error: 'from and to are missing' }];
      }

      const { rows } = await database.query('INSERT INTO ticket (holder, origin, destination) VALUES ($1, $2, $3) RETURNING id', [user, from, to]);
      return [201, { id: rows[0].id }];
    }
    default:
      return [404, { error: 'not found' }];
  }
}

/** Of equal length, as timingSafeEqual wants it. */
function digest(text) {
  return createHash('sha256').update(text ?? '').digest();
}

async function readJson(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MAX_BODY_BYTES) {
      throw new SyntaxError(`more than ${MAX_BODY_BYTES} bytes`);
    }
  }

  return JSON.parse(text);
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`tickets ${version} listens`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  server.close(() => database.end().then(() => process.exit(0)));
  server.closeIdleConnections();
});

// Redirects clicks to offers, filling macros into the target. No dependencies.
//   GET  /click/<offer>?country=..&source=..      302 to the offer's target
//   GET  /api/trackier-status                     {"enabled":true,"active_offers":2}
//   POST /api/trackier-emergency-toggle?enabled=  turns Trackier off and on without a restart
//   POST /webhook                                 conversions, with the token in x-webhook-token
'use strict';
const http = require('node:http');
const { randomUUID, timingSafeEqual, createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { Offers } = require('./offers.js');

const MAX_BODY_BYTES = 64 * 1024;
const port = Number(process.env.PORT ?? 3000);
const token = process.env.WEBHOOK_TOKEN ?? '';
const offers = new Offers(JSON.parse(readFileSync(process.env.OFFERS_FILE ?? `${__dirname}/offers.json`, 'utf8')));
let enabled = true;

const routes = {
  'GET /api/trackier-status': (request, response) => json(response, 200, { enabled, active_offers: offers.active }),
  'POST /api/trackier-emergency-toggle': toggle,
  'POST /webhook': webhook,
};

const server = http.createServer(async (request, response) => {
  try {
    const url = new URL(request.url, 'http://proxy-service');
    const handler = routes[`${request.method} ${url.pathname}`]
      ?? (request.method === 'GET' && url.pathname.startsWith('/click/') ? click : notFound);
    await handler(request, response, url);
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error.message}`);
    json(response, error instanceof URIError || error.code === 'ERR_INVALID_URL' ? 400 : 500, { error: 'this request could not be answered' });
  }
});

function click(request, response, url) {
  if (!enabled) {
    return json(response, 503, { error: 'redirects are switched off' });
  }

  const id = randomUUID();
  const target = offers.target(decodeURIComponent(url.pathname.slice('/click/'.length)), { click_id: id, ...Object.fromEntries(url.searchParams) });
  if (!target) {
    return notFound(request, response);
  }

  console.log(`click ${id} -> ${target.origin}`);
  response.writeHead(302, { location: target.href, 'cache-control': 'no-store', 'x-click-id': id });
  response.end();
}

function toggle(request, response, url) {
  const wanted = url.searchParams.get('enabled');
  if (wanted !== 'true' && wanted !== 'false') {
    return json(response, 400, { error: 'say ?enabled=true or ?enabled=false' });
  }

  enabled = wanted === 'true';
  console.log(`trackier was turned ${enabled ? 'on' : 'off'}`);
  json(response, 200, { enabled, active_offers: offers.active });
}

async function webhook(request, response) {
  if (!token) {
    return json(response, 503, { error: 'no WEBHOOK_TOKEN is set' });
  }

  if (!same(request.headers['x-webhook-token'] ?? '', token)) {
    return json(response, 401, { error: 'wrong token' });
  }

  const body = await read(request);
  if (body === null) {
    return json(response, 413, { error: `more than ${MAX_BODY_BYTES} bytes` });
  }

  let conversion;
  try {
    conversion = JSON.parse(body);
  } catch {
    return json(response, 400, { error: 'not JSON' });
  }

  console.log(`conversion of click ${String(conversion.click_id).slice(0, 64)}`);
  json(response, 202, { accepted: true });
}

function notFound(request, response) {
  json(response, 404, { error: 'not found' });
}

/** Equal length first: timingSafeEqual wants it, and a hash gives it without telling the token's length. */
function same(a, b) {
  const hash = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

async function read(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) {
      return null;
    }

    parts.push(part);
  }

  return Buffer.concat(parts).toString('utf8');
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}

server.listen(port, '127.0.0.1', () => console.log(`proxy-service listens on 127.0.0.1:${port}, ${offers.active} active offers`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  console.log('proxy-service stops: no new connections, finishing what is in flight');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

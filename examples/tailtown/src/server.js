// The customers and prices of each tenant. No dependencies.
//   GET /version                      {"version":"1.0.0","commit":"…","pid":1}; needs no tenant
//   GET /api/health                   {"status":"healthy"}
//   GET /api/customers                the tenant's customers and their pets
//   GET /api/quote?nights=3&pets=2    what a stay costs
// Everything below /api needs the header x-tenant-id.
'use strict';
const http = require('node:http');
const release = require('./release.json');
const { customers, quote, BadRequest } = require('./tenants.js');

const api = {
  '/api/health': () => ({ status: 'healthy', version: release.version }),
  '/api/customers': customers,
  '/api/quote': quote,
};

const server = http.createServer((request, response) => {
  try {
    const { pathname, searchParams } = new URL(request.url, 'http://customer');
    if (pathname === '/version') {
      return json(response, 200, { ...release, pid: process.pid });
    }

    const tenant = request.headers['x-tenant-id'];
    if (request.method !== 'GET' || !Object.hasOwn(api, pathname)) {
      json(response, 404, { error: 'not found' });
    } else if (!tenant) {
      json(response, 400, { error: 'the header x-tenant-id is missing' });
    } else {
      json(response, 200, api[pathname](tenant, searchParams));
    }
  } catch (error) {
    const theirs = error instanceof BadRequest || error.code === 'ERR_INVALID_URL';
    console.error(`${request.method} ${request.url}: ${error.message}`);
    json(response, theirs ? 400 : 500, { error: theirs ? error.message : 'this request could not be answered' });
  }
});

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}

server.listen(Number(process.env.PORT ?? 4004), '127.0.0.1', () => console.log(`customer ${release.version}, commit ${release.commit}, listens`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  console.log('customer stops: no new connections, finishing what is in flight');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

// The network's stations. GET /v1/stations, GET /v1/stations/<id>, GET /health
'use strict';
const http = require('node:http');
const { version } = require('./package.json');
const stations = require('./stations.json');

const server = http.createServer((request, response) => {
  const path = request.url.split('?')[0];
  const station = stations.find((s) => path === `/v1/stations/${s.id}`);
  if (path === '/health') {
    json(response, 200, { status: 'healthy', version });
  } else if (path === '/v1/stations') {
    json(response, 200, { stations, version, pid: process.pid });
  } else if (station) {
    json(response, 200, station);
  } else {
    json(response, 404, { error: 'no such station' });
  }
});

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`stations ${version} listens`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

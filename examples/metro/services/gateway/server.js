// The only way in for users. /v1/auth and /v1/stations are open; /v1/tickets needs a session: "authorization: Bearer …".
// Every other service is reached through Mainstay's edge by its name, <service>.internal, so that their deploys are not seen here.
'use strict';
const http = require('node:http');
const { pipeline } = require('node:stream');
const { version } = require('./package.json');

const services = { auth: 'open', stations: 'open', tickets: 'session' };
// What only the gateway may say is not believed of a client; the others are about its connection, not about ours.
const notPassed = ['x-user', 'x-internal-token', 'host', 'connection'];
// Idle connections go before the edge would close them: a request never meets one that is just being closed.
const agent = new http.Agent({ keepAlive: true, timeout: 60_000 });

const server = http.createServer(async (request, response) => {
  const [, service] = /^\/v1\/(\w+)(?:[/?]|$)/.exec(request.url) ?? [];
  if (request.url === '/health') {
    json(response, 200, { status: 'healthy', version });
  } else if (!Object.hasOwn(services, service ?? '')) {
    json(response, 404, { error: 'not found' });
  } else if (services[service] === 'open') {
    pass(request, response, service, {});
  } else {
    const session = await userOf(request.headers.authorization);
    if (session.user) {
      pass(request, response, service, { 'x-user': encodeURIComponent(session.user), 'x-internal-token': process.env.INTERNAL_TOKEN });
    } else {
      json(response, session.status, { error: session.status === 401 ? 'log in first' : 'nobody can log in now' });
    }
  }
});

/** Who has this session, as auth tells; 401 when nobody has, 503 when auth cannot tell. */
async function userOf(authorization) {
  try {
    const headers = authorization ? { authorization } : {};
    const answer = await new Promise((resolve, reject) => ask('auth', { path: '/v1/auth/session', headers }, resolve).on('error', reject).end());
    const body = Buffer.concat(await answer.toArray());
    return answer.statusCode === 200 ? JSON.parse(body) : { status: answer.statusCode === 401 ? 401 : 503 };
  } catch (error) {
    console.error(`auth does not answer: ${error.message}`);
    return { status: 503 };
  }
}

/** Both bodies are streamed; what the service answers, errors too, is passed on as it is. */
function pass(request, response, service, more) {
  const { method, url: path } = request;
  const headers = Object.entries(request.headers).filter(([name]) => !notPassed.includes(name));
  const question = ask(service, { method, path, headers: { ...Object.fromEntries(headers), ...more } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    pipeline(answer, response, () => {}); // whichever end breaks, the other one is closed
  });
  question.on('error', (error) => {
    console.error(`${method} ${path}: ${service} does not answer: ${error.message}`);
    if (!response.headersSent) {
      json(response, 502, { error: `${service} does not answer` });
    }
  });
  pipeline(request, question, () => {});
}

function ask(service, { headers, ...options }, answered) {
  return http.request({ host: '127.0.0.1', port: process.env.EDGE_PORT, agent, ...options, headers: { ...headers, host: `${service}.internal` } }, answered);
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`gateway ${version} listens`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

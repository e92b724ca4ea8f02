// Sessions, kept in Redis.
//   POST /v1/auth/sessions {"user":"ada"}    {"token":"…"}; a real one asks for a password here
//   GET  /v1/auth/session                    whose the token in "authorization: Bearer …" is
//   GET  /health                             degraded while Redis is away: alive, but of little use
'use strict';
const http = require('node:http');
const { createHmac, randomBytes } = require('node:crypto');
const { createClient } = require('redis');
const { version } = require('./package.json');

const SESSION_SECONDS = 3600;
const MAX_BODY_BYTES = 4096;

// Without the queue a command fails at once while Redis is away. The client goes on connecting by itself: that is no reason to exit.
const redis = createClient({ url: process.env.REDIS_URL, disableOfflineQueue: true, socket: { reconnectStrategy: (tries) => Math.min(50 * tries, 2000) } });
let lastFault = '';
redis.on('error', ({ message, code }) => {
  const fault = message || code;
  if (fault !== lastFault) {
    console.error(`redis: ${lastFault = fault}`);
  }
});
redis.on('ready', () => {
  console.log('redis: connected');
  lastFault = '';
});
redis.connect();

const server = http.createServer(async (request, response) => {
  try {
    json(response, ...await answer(request));
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error.message}`);
    if (error instanceof SyntaxError) {
      json(response, 400, { error: error.message });
    } else {
      json(response, 503, { error: 'sessions are not available now' });
    }
  }
});

async function answer(request) {
  switch (`${request.method} ${request.url}`) {
    case 'GET /health':
      return [200, { status: redis.isReady ? 'healthy' : 'degraded', redis: redis.isReady ? 'up' : 'down', version }];
    case 'POST /v1/auth/sessions': {
      const { user } = await readJson(request);
      if (typeof user !== 'string' || user === '') {
        return [400, { error: 'user is missing' }];
      }

      const token = randomBytes(24).toString('base64url');
      await redis.set(keyOf(token), user, { EX: SESSION_SECONDS });
      return [201, { token }];
    }
    case 'GET /v1/auth/session': {
      const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
      const user = token && await redis.get(keyOf(token));
      return user ? [200, { user }] : [401, { error: 'no such session' }];
    }
    default:
      return [404, { error: 'not found' }];
  }
}

/** Redis never sees a token: whoever reads its files can open no session. */
function keyOf(token) {
  return `session:${createHmac('sha256', process.env.SESSION_SECRET).update(token).digest('hex')}`;
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

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`auth ${version} listens`));

// Finish what is in flight, then go.
process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

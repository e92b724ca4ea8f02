'use strict';
// Listens to all calls: reads the frames of the stream, as one of a group, and keeps in Redis which of them it has had.
//   GET /calls       of each call: frames, the highest number, how many are missing, seconds, how loud it is now
//   GET /health      degraded while Redis is away
const http = require('node:http');
const { createClient, commandOptions } = require('redis');
const { loudness, bytesPerSecond } = require('./audio');
const { version } = require('./package.json');

const STREAM = 'audio_stream';
const GROUP = 'listener';
const ME = `listener-${process.pid}`;
const KEPT_SECONDS = 86_400;

const redis = createClient({ url: process.env.REDIS_URL, disableOfflineQueue: true, socket: { reconnectStrategy: (tries) => Math.min(50 * tries, 2000) } });
// A connection of its own: it waits for frames.
const reading = redis.duplicate();
let fault = '';
for (const client of [redis, reading]) {
  client.on('error', (error) => (fault = error.message || error.code));
  client.on('ready', () => (fault = ''));
  client.connect().catch(() => {});
}

let stopping = false;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A frame can come twice: its bit says whether it has. What is known of it and that it was read are written together, or neither is. */
async function hear({ id, message }) {
  const text = (name) => message[name].toString();
  const [interaction, session, seq] = [text('interaction_id'), text('session'), Number(text('seq'))];
  const rate = bytesPerSecond(text('encoding'), Number(text('sample_rate')));
  await redis
    .multi()
    .setBit(`frames:${session}`, seq, 1)
    .expire(`frames:${session}`, KEPT_SECONDS)
    .zAdd('calls', { score: Date.now(), value: `${interaction} ${session}` })
    .hSet(`call:${session}`, { bytes: message.audio.length, rate, level: loudness(text('encoding'), message.audio).toFixed(1) })
    .expire(`call:${session}`, KEPT_SECONDS)
    .xAck(STREAM, GROUP, id)
    .exec();
}

async function listen() {
  await redis.xGroupCreate(STREAM, GROUP, '0', { MKSTREAM: true }).catch((error) => {
    if (!error.message.startsWith('BUSYGROUP')) {
      throw error;
    }
  });
  while (!stopping) {
    // What one before this has taken and not finished.
    const left = await redis.xAutoClaim(commandOptions({ returnBuffers: true }), STREAM, GROUP, ME, 5_000, '0', { COUNT: 100 });
    const fresh = await reading.xReadGroup(commandOptions({ returnBuffers: true }), GROUP, ME, { key: STREAM, id: '>' }, { COUNT: 100, BLOCK: 500 });
    for (const entry of [...left.messages.filter(Boolean), ...(fresh?.[0].messages ?? [])]) {
      await hear(entry);
    }
  }
}

async function listenForEver() {
  while (!stopping) {
    try {
      await listen();
    } catch (error) {
      if (!stopping) {
        console.log(`listens again in a moment: ${error.message}`);
        await pause(500);
      }
    }
  }
}

async function calls() {
  await redis.zRemRangeByScore('calls', 0, Date.now() - KEPT_SECONDS * 1000);
  const found = [];
  for (const member of await redis.zRange('calls', 0, -1)) {
    const [interaction, session] = member.split(' ');
    const { bytes, rate, level } = await redis.hGetAll(`call:${session}`);
    const frames = await redis.bitCount(`frames:${session}`);
    const map = await redis.get(commandOptions({ returnBuffers: true }), `frames:${session}`);
    const highest = map.length * 8 - 1 - trailingZeros(map.at(-1));
    found.push({ interaction, session, frames, highest, missing: highest - frames, seconds: Number(((frames * bytes) / rate).toFixed(1)), level_db: Number(level) });
  }
  return found;
}

/** Bit 0 of a Redis bitmap is the highest of its byte. */
function trailingZeros(byte) {
  return 31 - Math.clz32(byte & -byte);
}

const server = http.createServer(async (request, response) => {
  const json = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    if (request.url === '/health') {
      return json(200, { status: fault ? 'degraded' : 'healthy', version, fault });
    }
    return request.url === '/calls' ? json(200, await calls()) : json(404, { error: 'there are /calls and /health' });
  } catch (error) {
    return json(503, { error: error.message });
  }
});
server.listen(process.env.PORT, '127.0.0.1');
const listening = listenForEver();
process.on('SIGTERM', async () => {
  stopping = true;
  server.close();
  server.closeIdleConnections();
  await Promise.race([listening, pause(3_000)]);
  process.exit(0);
});

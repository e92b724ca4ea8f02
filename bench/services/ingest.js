// An ingest service of the kind that Mainstay's replaces: npm ws and ioredis, one stream for all calls, an ack when a frame comes in, the publication left to itself.
// With HONEST=1 the same, but acknowledging when Redis has answered.
const { WebSocketServer } = require('../node/node_modules/ws');
const Redis = require('../node/node_modules/ioredis');
const redis = new Redis(process.env.REDIS_URL);
redis.on('error', () => {});
const every = +(process.env.ACK_INTERVAL || 10);
const honest = process.env.HONEST === '1';
const server = new WebSocketServer({ port: +process.env.PORT, host: '127.0.0.1', path: '/v1/ingest', perMessageDeflate: false });
server.on('connection', socket => {
  let call, seq = 0;
  const acknowledge = frame => { if (frame % every === 0) socket.send(JSON.stringify({ event: 'ack', seq: frame })); };
  socket.on('error', () => {});
  socket.on('message', (data, binary) => {
    if (!binary) {
      const message = JSON.parse(data);
      if (message.event === 'start') {
        call = message;
        socket.send(JSON.stringify({ event: 'started', interaction_id: call.interaction_id }));
      }
      return;
    }
    const frame = ++seq;
    const record = { tenant_id: call.tenant_id, interaction_id: call.interaction_id, seq: frame, timestamp_ms: Date.now(), sample_rate: call.sample_rate, encoding: call.encoding, audio: data.toString('base64') };
    const stored = redis.xadd('audio_stream', 'MAXLEN', '~', '1000', '*', 'data', JSON.stringify(record));
    if (honest) stored.then(() => acknowledge(frame), () => {});
    else { stored.catch(() => {}); acknowledge(frame); }
  });
});

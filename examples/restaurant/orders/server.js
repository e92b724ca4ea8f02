'use strict';
// Takes an order, keeps it on disk, answers, and goes on asking the hub to print it until the hub knows of it. Whatever dies meanwhile: the order is
// there, and its key is made of the order, so that asking twice prints once.
const http = require('node:http');
const fs = require('node:fs');
const path = require('node:path');
const { randomUUID } = require('node:crypto');
const { tokenFor } = require('./tokens');

const { version } = require('./package.json');
const folder = process.env.ORDERS_DIR;
const hub = process.env.HUB_URL;
const page = fs.readFileSync(path.join(__dirname, 'index.html'));
const waiting = new Set();
let asking = false;

/** The file is there when this returns, also after a power failure. */
function keep(order) {
  const file = path.join(folder, `${order.id}.json`);
  const descriptor = fs.openSync(`${file}.new-${process.pid}`, 'w', 0o600);
  fs.writeSync(descriptor, JSON.stringify(order));
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
  fs.renameSync(`${file}.new-${process.pid}`, file);
}

async function print(order) {
  const answer = await fetch(`${hub}/_hub/devices/${order.till}/requests?branch=${order.branch}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokenFor({ role: 'backend', sub: 'orders', branches: [order.branch], hub: { ask: ['*/print'] } })}`,
      'content-type': 'application/json',
      'idempotency-key': `order-${order.id}-${order.printer}`,
    },
    body: JSON.stringify({ part: order.printer, op: 'print', data: { order: order.id, lines: order.lines }, ttl_ms: 600_000 }),
    signal: AbortSignal.timeout(10_000),
  });
  const body = await answer.json();
  // 429 and 5xx pass; everything else is known to the hub, or will never be.
  return answer.status === 429 || answer.status >= 500 && answer.status !== 504 ? null : { status: answer.status, ...body };
}

async function askAll() {
  if (asking) {
    return;
  }
  asking = true;
  for (const id of [...waiting]) {
    try {
      const order = JSON.parse(fs.readFileSync(path.join(folder, `${id}.json`)));
      const request = await print(order);
      if (request) {
        keep({ ...order, request });
        waiting.delete(id);
      }
    } catch (error) {
      console.log(`order ${id} waits: ${error.message}`);
    }
  }
  asking = false;
}

/** What an earlier process left, or one beside this one has not yet done: twice is once. */
function findWaiting() {
  for (const name of fs.readdirSync(folder).filter((n) => n.endsWith('.json'))) {
    const order = JSON.parse(fs.readFileSync(path.join(folder, name)));
    if (!order.request) {
      waiting.add(order.id);
    }
  }
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function isOrder(order) {
  return order && /^r\d+$/.test(order.branch) && /^till-\d+$/.test(order.till) && ['receipt', 'kitchen', 'bar'].includes(order.printer) && Array.isArray(order.lines);
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  if (request.method === 'POST' && url.pathname === '/v1/orders') {
    let text = '';
    for await (const chunk of request) {
      text += chunk;
      if (text.length > 65_536) {
        return answer(response, 413, { error: 'an order has at most 64 KiB' });
      }
    }
    let order;
    try {
      order = JSON.parse(text);
    } catch {
      return answer(response, 400, { error: 'an order is JSON' });
    }
    if (!isOrder(order)) {
      return answer(response, 400, { error: 'an order has branch (r1), till (till-1), printer (receipt, kitchen or bar) and lines (a list)' });
    }
    const { branch, till, printer, lines } = order;
    const kept = { id: randomUUID(), branch, till, printer, lines };
    keep(kept);
    waiting.add(kept.id);
    answer(response, 201, { id: kept.id });
    return askAll();
  }
  if (request.method === 'GET' && /^\/v1\/orders\/[0-9a-f-]{36}$/.test(url.pathname)) {
    const file = path.join(folder, `${path.basename(url.pathname)}.json`);
    return fs.existsSync(file) ? answer(response, 200, JSON.parse(fs.readFileSync(file))) : answer(response, 404, { error: 'there is no such order' });
  }
  if (request.method === 'GET' && url.pathname === '/v1/token') {
    // Who may see which restaurant, your login decides. Here it is everybody who reaches this machine's loopback.
    const branch = url.searchParams.get('branch') ?? '';
    return /^r\d+$/.test(branch)
      ? answer(response, 200, { token: tokenFor({ role: 'web', sub: 'page', branch, hub: { watch: ['*'] } }) })
      : answer(response, 400, { error: 'branch is a name such as r1' });
  }
  if (url.pathname === '/health') {
    return answer(response, 200, { status: 'healthy', version, waiting: waiting.size });
  }
  if (url.pathname === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    return response.end(page);
  }
  return answer(response, 404, { error: 'there are /, /v1/orders, /v1/token and /health' });
});

findWaiting();
const timers = [setInterval(askAll, 500), setInterval(findWaiting, 5_000)];
server.listen(process.env.PORT, '127.0.0.1');
process.on('SIGTERM', () => {
  timers.forEach(clearInterval);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

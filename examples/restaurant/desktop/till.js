'use strict';
// The program that stands on a counter: one till with three printers. It speaks mainstay.hub.v1 and nothing else.
const fs = require('node:fs');
const path = require('node:path');
const WebSocket = require('ws');
const { Journal } = require('./journal');

const PRINTERS = ['receipt', 'kitchen', 'bar'];
const PRINT_MS = 150;

class Till {
  constructor({ url, branch, name, key, folder }) {
    Object.assign(this, { url, branch, name, key });
    fs.mkdirSync(folder, { recursive: true });
    this.paper = path.join(folder, `${branch}-${name}.paper`);
    this.journal = new Journal(path.join(folder, `${branch}-${name}.journal`));
    this.queues = Object.fromEntries(PRINTERS.map((p) => [p, Promise.resolve()]));
    this.connects = 0;
  }

  connect() {
    const socket = new WebSocket(this.url, ['mainstay.hub.v1']);
    let retry = 500 + Math.random() * 1_000;
    this.socket = socket;
    socket.on('open', () => {
      this.say({ t: 'hello', token: this.key, device: { id: this.name, kind: 'till', version: '1.0.0' } });
    });
    socket.on('message', (text) => {
      const message = JSON.parse(text);
      if (message.t === 'drain') {
        retry = message.retry_ms;
      } else if (message.t === 'welcome') {
        this.connects++;
        PRINTERS.forEach((printer) => this.tell(printer, 'ready'));
      } else if (message.t === 'req') {
        this.asked(message);
      } else if (message.t === 'err') {
        console.log(`${this.branch} ${this.name}: ${message.code}: ${message.message}`);
      }
    });
    socket.on('error', () => {});
    socket.on('close', (code) => {
      if (this.socket === socket && code !== 4001) {
        setTimeout(() => this.connect(), retry);
      }
    });
  }

  asked({ id, op, key, to, data }) {
    if (op === '$status') {
      return this.say({ t: 'res', id, ok: true, data: this.stateOf(data.key) });
    }
    const known = this.journal.find(key);
    if (known !== undefined) {
      this.say({ t: 'ack', id });
      return known && this.say({ t: 'res', id, ...known });
    }
    const printer = to.split('/')[1];
    if (op !== 'print' || !PRINTERS.includes(printer)) {
      return this.say({ t: 'err', id, code: 'unknown_op', message: `this till prints on ${PRINTERS.join(', ')}`, temporary: false });
    }
    this.journal.write(key);
    this.say({ t: 'ack', id });
    this.queues[printer] = this.queues[printer].then(() => this.print(printer, id, key, data));
  }

  async print(printer, id, key, data) {
    this.tell(printer, 'printing');
    await new Promise((done) => setTimeout(done, PRINT_MS));
    fs.appendFileSync(this.paper, `${printer} ${data.order}\n`);
    const result = { ok: true, data: { printed: data.lines.length } };
    this.journal.write(key, result);
    this.say({ t: 'res', id, ...result });
    this.tell(printer, 'ready');
  }

  stateOf(key) {
    const known = this.journal.find(key);
    return known === undefined ? { state: 'none' } : known === null ? { state: 'accepted' } : { state: 'done', data: known.data };
  }

  tell(printer, state) {
    this.say({ t: 'status', of: `${this.name}/${printer}`, data: { state } });
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }
}

exports.Till = Till;

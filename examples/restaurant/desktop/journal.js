'use strict';
// What a till has promised: every key it has accepted, and what became of it, on disk before anybody is told. After a power failure it knows what it has printed.
const fs = require('node:fs');

class Journal {
  #jobs = new Map();
  #descriptor;

  constructor(file) {
    for (const line of fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : []) {
      const { key, result } = JSON.parse(line);
      this.#jobs.set(key, result ?? this.#jobs.get(key) ?? null);
    }
    this.#descriptor = fs.openSync(file, 'a', 0o600);
  }

  /** Undefined: never seen. Null: accepted, not ended. Otherwise its result. */
  find(key) {
    return this.#jobs.get(key);
  }

  write(key, result = null) {
    fs.writeSync(this.#descriptor, `${JSON.stringify(result ? { key, result } : { key })}\n`);
    fs.fdatasyncSync(this.#descriptor);
    this.#jobs.set(key, result);
  }
}

exports.Journal = Journal;

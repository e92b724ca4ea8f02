'use strict';
// Tills of a chain, as many as are asked for: node desktop.js --tills 50
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Till } = require('./till');

const { values } = parseArgs({
  options: {
    tills: { type: 'string', default: '1' },
    url: { type: 'string', default: 'ws://127.0.0.1:8092/hub' },
    keys: { type: 'string', default: path.join(__dirname, '../env/tills') },
    folder: { type: 'string', default: path.join(__dirname, '../data/tills') },
  },
});

const tills = fs.readFileSync(values.keys, 'utf8').trim().split('\n').slice(0, Number(values.tills)).map((line) => {
  const [branch, name, key] = line.split(' ');
  return new Till({ url: values.url, branch, name, key, folder: values.folder });
});
tills.forEach((till) => till.connect());

const connected = () => tills.filter((till) => till.connects > 0).length;
const report = setInterval(() => {
  if (connected() === tills.length) {
    clearInterval(report);
    console.log(`${tills.length} tills are connected`);
  }
}, 100);

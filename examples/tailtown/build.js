// Makes dist/ out of src/, and writes down which commit it is: /version answers with it, and a deploy compares.
'use strict';
const fs = require('node:fs');
const { version } = require('./package.json');

fs.rmSync('dist', { recursive: true, force: true });
fs.cpSync('src', 'dist', { recursive: true });
fs.writeFileSync('dist/release.json', JSON.stringify({ version, commit: process.env.MAINSTAY_COMMIT ?? 'unknown' }));

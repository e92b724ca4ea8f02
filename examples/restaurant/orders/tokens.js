'use strict';
// Tokens for the hub: RS256, five minutes.
const { createPrivateKey, sign } = require('node:crypto');
const fs = require('node:fs');

const key = createPrivateKey(fs.readFileSync(process.env.SIGNING_KEY_FILE));
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

exports.tokenFor = (claims) => {
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...claims, iat: now, exp: now + 300 })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
};

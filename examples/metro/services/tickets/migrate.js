// Runs each file of migrations/ that this database has not seen, in order, each whole or not at all. Where: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { Client } = require('pg');

async function main() {
  const database = new Client();
  await database.connect();
  await database.query('CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, ran_at timestamptz NOT NULL DEFAULT now())');
  const { rows } = await database.query('SELECT name FROM migration');
  const ran = new Set(rows.map((row) => row.name));
  const folder = path.join(__dirname, 'migrations');
  for (const name of fs.readdirSync(folder).sort().filter((n) => !ran.has(n))) {
    await database.query('BEGIN');
    await database.query(fs.readFileSync(path.join(folder, name), 'utf8'));
    await database.query('INSERT INTO migration (name) VALUES ($1)', [name]);
    await database.query('COMMIT');
    console.log(`ran ${name}`);
  }

  await database.end();
}

main().catch((error) => {
  console.error(error.message || error.code);
  process.exit(1);
});

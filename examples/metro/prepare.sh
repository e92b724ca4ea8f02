#!/bin/sh
# Makes what no repository may hold: secrets in env/, for the owner's eyes only, and folders for the data. Run it once; again, it changes nothing.
set -eu
cd "$(dirname "$0")"

mkdir -p data/postgres data/redis
# PostgreSQL refuses to run as root. Started by root, Mainstay runs it as the user postgres.
[ "$(id -u)" -ne 0 ] || chown postgres: data/postgres

[ ! -e env ] || exit 0
umask 077
secret() { openssl rand -hex 32; }
database=$(secret) redis=$(secret)

rm -rf env.new && mkdir env.new
cat >env.new/database.env <<END
PGHOST=127.0.0.1
PGPORT=5442
PGUSER=metro
PGDATABASE=metro
PGPASSWORD=$database
END
cat >env.new/redis.env <<END
REDIS_URL=redis://:$redis@127.0.0.1:6390
REDISCLI_AUTH=$redis
END
cat >env.new/redis.conf <<END
bind 127.0.0.1
port 6390
dir data/redis
appendonly yes
requirepass $redis
END
echo "SESSION_SECRET=$(secret)" >env.new/auth.env
echo "INTERNAL_TOKEN=$(secret)" >env.new/internal.env
# In one step: whoever interrupts this finds all of it next time, or none.
mv env.new env

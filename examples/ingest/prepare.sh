#!/bin/sh
# Makes what no repository may hold: passwords, and the key that tokens are signed with. Run it once; again, it changes nothing.
set -eu
cd "$(dirname "$0")"

mkdir -p data/redis
[ ! -e env ] || exit 0
umask 077
rm -rf env.new && mkdir env.new
redis=$(openssl rand -hex 32)
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out env.new/signing.pem 2>/dev/null
public=$(openssl pkey -in env.new/signing.pem -pubout | awk '{ printf "%s\\n", $0 }')
cat >env.new/redis.conf <<END
bind 127.0.0.1
port 6391
dir data/redis
appendonly yes
requirepass $redis
END
cat >env.new/redis.env <<END
REDIS_URL=redis://:$redis@127.0.0.1:6391
REDISCLI_AUTH=$redis
END
cat >env.new/ingest.env <<END
REDIS_URL=redis://:$redis@127.0.0.1:6391
JWT_PUBLIC_KEY="$public"
BASIC_AUTH=exotel:$(openssl rand -hex 16)
END
# In one step: whoever interrupts this finds all of it next time, or none.
mv env.new env

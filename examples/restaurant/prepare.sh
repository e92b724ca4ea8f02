#!/bin/sh
# Makes what no repository may hold: the key that tokens are signed with, and the licences of the tills. Run it once; again, it changes nothing.
set -eu
cd "$(dirname "$0")"

mkdir -p data/orders
[ ! -e env ] || exit 0
umask 077
rm -rf env.new && mkdir env.new
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out env.new/signing.pem 2>/dev/null
public=$(openssl pkey -in env.new/signing.pem -pubout | awk '{ printf "%s\\n", $0 }')
cat >env.new/hub.env <<END
JWT_PUBLIC_KEY="$public"
ALLOWED_ORIGINS=http://127.0.0.1:8092
HUB_LICENCES=$PWD/env/licences
END
cat >env.new/orders.env <<END
HUB_URL=http://127.0.0.1:8092
SIGNING_KEY_FILE=$PWD/env/signing.pem
ORDERS_DIR=$PWD/data/orders
END

# Ten restaurants with five tills each. A till keeps its key; the hub only knows the hash of it.
for branch in $(seq 10); do
  for till in $(seq 5); do
    key=$(openssl rand -hex 24)
    echo "r$branch till-$till $key" >>env.new/tills
    echo "r$branch till-$till $(printf %s "$key" | sha256sum | cut -d ' ' -f 1)" >>env.new/licences
  done
done
# In one step: whoever interrupts this finds all of it next time, or none.
mv env.new env

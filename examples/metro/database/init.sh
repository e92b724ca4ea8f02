# Makes the database, once. Whole or not at all: a cluster that was not finished is made again.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
cd data/postgres
[ ! -e cluster ] || exit 0

rm -rf new
printf '%s\n' "$PGPASSWORD" | "$bin/initdb" --pgdata=new --username="$PGUSER" --pwfile=/dev/stdin --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
echo "CREATE DATABASE $PGDATABASE" | "$bin/postgres" --single -D new postgres
mv new cluster

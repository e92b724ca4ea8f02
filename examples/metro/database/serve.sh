# The newest PostgreSQL that is installed, on loopback only. exec: Mainstay watches and stops the server itself, not a shell in front of it.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
exec "$bin/postgres" -D data/postgres/cluster -c listen_addresses="$PGHOST" -c port="$PGPORT" -c unix_socket_directories=

# Restores the dump in $MAINSTAY_BACKUP. Mainstay tests each backup with this (MAINSTAY_RESTORE_TEST=1): then into a database of its own.
set -eu
if [ "${MAINSTAY_RESTORE_TEST:-}" = 1 ]; then
  PGDATABASE=${PGDATABASE}_restore_test
  export PGDATABASE PGOPTIONS=--client-min-messages=warning
  dropdb --if-exists --force "$PGDATABASE"
  createdb "$PGDATABASE"
  trap 'dropdb --force "$PGDATABASE"' EXIT
fi
pg_restore --clean --if-exists --single-transaction --dbname="$PGDATABASE" "$MAINSTAY_BACKUP/metro.dump"

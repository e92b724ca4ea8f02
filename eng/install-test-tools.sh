#!/usr/bin/env bash
# Installs what the tests (and, with --bench, the benchmarks) need besides .NET and Node. Quiet and fast when everything is there.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# program -> Debian package
tools=(python3:python3 curl:curl h2load:nghttp2-client openssl:openssl setpriv:util-linux git:git initdb:postgresql redis-server:redis-server kcat:kcat
  chromium:chromium)
folders=(tests/node)
if [ "${1:-}" = --bench ]; then
  tools+=(nginx:nginx-light haproxy:haproxy caddy:caddy wrk:wrk)
  folders+=(bench/node)
fi

missing=()
for tool in "${tools[@]}"; do
  PATH=$PATH:/usr/sbin:/sbin:$(printf %s: /usr/lib/postgresql/*/bin) command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
done
# Of Python's clients for WebSockets, the distribution's.
/usr/bin/python3 -c 'import websockets' 2>/dev/null || missing+=(python3-websockets)
# Kafka's client for programs, and in it the broker that the tests speak to.
grep -qF librdkafka.so.1 <<<"$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p)" || missing+=(librdkafka1)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "the tests need: ${missing[*]}. Install them, or run this as root on Debian or Ubuntu." >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  # A package that starts a server on installation would hold ports: nothing is started.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

for folder in "${folders[@]}"; do
  lock=$root/$folder/package-lock.json stamp=$root/$folder/node_modules/.installed
  if ! cmp -s "$lock" "$stamp"; then
    (cd "$root/$folder" && npm ci --no-audit --no-fund --loglevel=error >&2)
    cp "$lock" "$stamp"
  fi
done

# The builds of examples/metro then find in npm's cache what they install.
for example in "$root"/examples/metro/services/{auth,tickets}; do
  filled=$root/artifacts/npm/$(basename "$example")
  if ! cmp -s "$example/package-lock.json" "$filled/.installed"; then
    mkdir -p "$filled"
    cp "$example"/package*.json "$filled"
    (cd "$filled" && npm ci --no-audit --no-fund --loglevel=error >&2)
    cp "$example/package-lock.json" "$filled/.installed"
  fi
done

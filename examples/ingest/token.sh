#!/bin/sh
# Prints a token that lets a client send calls of one tenant for an hour. Yours would come from where your users log in.
#   ./token.sh TENANT
set -eu
cd "$(dirname "$0")"

part() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
now=$(date +%s)
text=$(printf '{"alg":"RS256","typ":"JWT"}' | part).$(printf '{"tenant_id":"%s","iat":%d,"exp":%d}' "${1:-demo}" "$now" $((now + 3600)) | part)
echo "$text.$(printf %s "$text" | openssl dgst -sha256 -sign env/signing.pem | part)"

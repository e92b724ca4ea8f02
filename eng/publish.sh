#!/usr/bin/env bash
# publish.sh DIR: builds Release, ahead-of-time compiled, into a new folder DIR/N and points DIR/current at it.
# A new folder each time, because a running daemon maps its files: overwriting them in place would crash it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dir=$1
mkdir -p "$dir"
command -v dotnet >/dev/null || { echo "mainstay: the .NET 10 SDK is needed to build (dotnet is not on PATH)"; exit 1; }
case "$(uname -m)" in x86_64) rid=linux-x64 ;; aarch64) rid=linux-arm64 ;; *) echo "mainstay: no build for $(uname -m)"; exit 1 ;; esac

n=$(( $(find "$dir" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*' -printf '%f\n' | sort -n | tail -1) + 1 ))
new=$dir/$n
echo "mainstay: building (once; a minute or so) ..."
stamp=$(mktemp "$dir/.stamp.XXXXXX")
log=$dir/publish.log
if ! dotnet publish "$root/src/Mainstay/Mainstay.csproj" -c Release -r "$rid" --self-contained false -p:PublishReadyToRun=true -o "$new" -v quiet -nologo >"$log" 2>&1; then
  grep -E 'error' "$log" | sort -u | head -20
  echo "mainstay: the build failed; the whole log is $log"
  rm -rf "$new" "$stamp"
  exit 1
fi

# The stamp is as old as the build's start, so that an edit during the build makes it stale.
mv "$stamp" "$new/.built"
ln -sfn "$n" "$dir/.next"
mv -T "$dir/.next" "$dir/current"

# Old builds go once no process runs from them.
for old in "$dir"/[0-9]*; do
  [ "$old" = "$new" ] && continue
  used=$(find /proc -maxdepth 2 -name exe -lname "$(readlink -f "$old")/*" -print -quit 2>/dev/null || true)
  [ -n "$used" ] || rm -rf "$old"
done

#!/usr/bin/env bash
# Installs Chromium from Debian's packages when it is missing: a test opens the simulator's failure page in it.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done

line="Chromium is missing: the tests of the simulator's failure page need it. Install it (Debian: apt-get install chromium) and try again."
if ! command -v apt-get >/dev/null || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
  echo "$line"
  exit 0
fi

run=()
[ "$(id -u)" -eq 0 ] || run=(sudo -n)
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 || true
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1 || echo "$line"

#!/usr/bin/env bash
# libsecp256k1 recovers a signer some 28 times faster than managed code. Installed from Debian when this user may;
# otherwise the managed backend serves, and every node says at start which one it uses.
set -euo pipefail

have() { ldconfig -p 2>/dev/null | grep -q 'libsecp256k1\.so\.1 ' ; }
export PATH="$PATH:/usr/sbin:/sbin"

if have; then
  echo "setup: libsecp256k1 is installed"
  exit 0
fi

run=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then run=(sudo -n); else
    echo "setup: libsecp256k1 is not installed and this user may not install it; signatures will use managed code (slower). To change that: sudo apt-get install libsecp256k1-1"
    exit 0
  fi
fi

if command -v apt-get >/dev/null &&
   { "${run[@]}" apt-get install -y -qq libsecp256k1-1 >/dev/null 2>&1 ||
     { "${run[@]}" apt-get update -qq >/dev/null 2>&1 && "${run[@]}" apt-get install -y -qq libsecp256k1-1 >/dev/null 2>&1; }; } && have; then
  echo "setup: installed libsecp256k1"
else
  echo "setup: libsecp256k1 could not be installed; signatures will use managed code (slower)"
fi

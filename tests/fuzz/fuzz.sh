#!/usr/bin/env bash
# Fuzzes each target for its share of MINUTES (default 60), JOBS (default 2) at a time, under AFL++ with instrumented copies of
# the parsers. Prints a table and writes it to artifacts/fuzz/table.md. Fails when an input broke a law: it is left, with what it
# says, in artifacts/fuzz/out/TARGET. TARGETS="json rlp" fuzzes only these. KEEP=1 puts the minimised new inputs into the corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes="${MINUTES:-60}" jobs="${JOBS:-2}" keep="${KEEP:-0}"
work="$PWD/artifacts/fuzz" bin="$PWD/artifacts/fuzz/bin"
out="$work/out"

if ! command -v afl-fuzz >/dev/null; then
  echo "AFL++ is needed: apt-get install afl++ (Debian, Ubuntu), or https://aflplus.plus" >&2
  exit 2
fi

rm -rf "$work"
mkdir -p "$out"
dotnet tool restore >/dev/null
dotnet publish -c Release tests/fuzz -o "$bin" -p:RunAnalyzers=false -v quiet >"$work/build.log" || { cat "$work/build.log"; exit 1; }
for parsers in Kms.Core Kms.Adapters Kms.Client Kms.Hosting Kms.Devnet System.Formats.Cbor; do
  dotnet sharpfuzz "$bin/$parsers.dll" >"$work/instrument.log" || { cat "$work/instrument.log"; exit 1; }
done

read -r -a targets <<<"${TARGETS:-$(dotnet "$bin/Kms.Fuzz.dll" list | tr '\n' ' ')}"
seconds=$((minutes * 60 * jobs / ${#targets[@]}))
[ "$seconds" -ge 10 ] || seconds=10
echo "${#targets[@]} targets, $seconds s each, $jobs at a time"

# A .NET program has no AFL signature, its runtime no bounded address space, and it is no core dump that we want.
export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_FORKSRV_INIT_TMOUT=60000
export DOTNET_TieredPGO=0 DOTNET_gcServer=0
export out bin seconds

one() { # target
  afl-fuzz -i "tests/fuzz/corpus/$1" -o "$out/$1" -m none -t 10000 -V "$seconds" -- dotnet "$bin/Kms.Fuzz.dll" run "$1" >"$out/$1.log" 2>&1 || echo "$1: afl-fuzz failed" >>"$out/failed"
}
export -f one
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'one {}'

stat() { { sed -n "s/^$2 *: *//p" "$out/$1/default/fuzzer_stats" 2>/dev/null || true; } | tr -d "%"; }
{
  echo '| target | executions | a second | edges | inputs kept | broke a law | too slow |'
  echo '|---|---:|---:|---:|---:|---:|---:|'
  total=0
  for target in "${targets[@]}"; do
    runs="$(stat "$target" execs_done)"
    total=$((total + ${runs:-0}))
    echo "| $target | ${runs:--} | $(stat "$target" execs_per_sec) | $(stat "$target" edges_found) | $(stat "$target" corpus_count) | $(stat "$target" saved_crashes) | $(stat "$target" saved_hangs) |"
  done
  echo "| all | $total | | | | | |"
} | tee "$work/table.md"

if [ "$keep" = 1 ]; then
  for target in "${targets[@]}"; do
    afl-cmin -i "$out/$target/default/queue" -o "$work/min/$target" -m none -t 10000 -- dotnet "$bin/Kms.Fuzz.dll" run "$target" >"$work/cmin.log" 2>&1 || continue
    # Small ones only: the corpus is replayed by every `make test`.
    find "$work/min/$target" -type f -size -4k -printf '%s %p\n' | sort -n | head -60 | cut -d' ' -f2- | while read -r file; do
      cp "$file" "tests/fuzz/corpus/$target/$(sha256sum "$file" | cut -c1-16)"
    done
  done
fi

broke=0
for target in "${targets[@]}"; do
  for file in "$out/$target"/default/crashes/id* "$out/$target"/default/hangs/id*; do
    [ -e "$file" ] || continue
    broke=$((broke + 1))
    echo "$file"
    dotnet "$bin/Kms.Fuzz.dll" replay "$target" "$file" 2>&1 | grep -m 3 -E 'Unhandled|^ +at ' || true
  done
done
[ ! -e "$out/failed" ] || { cat "$out/failed"; exit 1; }
[ "$broke" -eq 0 ] || { echo "$broke inputs broke a law"; exit 1; }
echo "no input broke a law"

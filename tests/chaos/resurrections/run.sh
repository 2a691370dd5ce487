#!/usr/bin/env bash
# Brings each flaw back into a scratch copy of the sources and demands that the scenario which is claimed to catch it does,
# from SEEDS base seeds (default 20) with at most RUNS runs each (default 40). A patch that no longer applies is a failure.
# Usage: run.sh [patch name without .patch ...]
set -euo pipefail
cd "$(dirname "$0")/../../.."
seeds="${SEEDS:-20}"
limit="${RUNS:-40}"
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
git archive HEAD | tar -x -C "$copy"
failed=0

wanted=("$@")
if [ ${#wanted[@]} -eq 0 ]; then
  for file in tests/chaos/resurrections/*.patch; do wanted+=("$(basename "$file" .patch)"); done
fi

build() { dotnet build -c Release "$copy/src/Kms.Sim" -p:TreatWarningsAsErrors=false >"$copy/build.log" 2>&1; }

# Prints the number of runs until a violation, or nothing when all held.
hunt() {
  local scenario="$1" base="$2"
  for ((run = 1; run <= limit; run++)); do
    if ! dotnet "$copy/src/Kms.Sim/bin/Release/net10.0/novasim.dll" run --scenario "$scenario" --seed $((base + run - 1)) \
      --shrink false --bundles "$copy/bundles" >"$copy/run.log" 2>&1; then
      grep -q '^violation ' "$copy/run.log" || { cat "$copy/run.log" >&2; exit 2; }
      echo "$run"
      return
    fi
  done
}

printf '%-50s %-75s %-9s %6s %6s %8s\n' finding 'found by' driver median worst seconds
for name in "${wanted[@]}"; do
  patch="tests/chaos/resurrections/$name.patch"
  scenario="$(sed -n 's/^Found by: marathon //p' "$patch")"
  if ! (cd "$copy" && patch -s -p1 --dry-run <"$OLDPWD/$patch" && patch -s -p1 <"$OLDPWD/$patch"); then
    echo "$name: does not apply any more"
    failed=1
    continue
  fi
  if ! build; then
    echo "$name: does not build any more"
    tail -5 "$copy/build.log"
    failed=1
  else
    started=$SECONDS
    found=()
    for ((base = 1; base <= seeds; base++)); do
      runs="$(hunt "$scenario" $((base * 1000)))"
      [ -n "$runs" ] && found+=("$runs")
    done
    if [ ${#found[@]} -ne "$seeds" ]; then
      echo "$name: found from ${#found[@]} of $seeds base seeds only"
      failed=1
    else
      sorted=($(printf '%s\n' "${found[@]}" | sort -n))
      printf '%-50s %-75s %-9s %6s %6s %8s\n' "$name" "$scenario" marathon "${sorted[$((seeds / 2))]}" "${sorted[-1]}" $((SECONDS - started))
    fi
  fi
  (cd "$copy" && patch -s -R -p1 <"$OLDPWD/$patch")
done
exit $failed

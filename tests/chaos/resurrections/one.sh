#!/usr/bin/env bash
# One flaw in this lane's scratch copy: apply, build, hunt, take back. Writes $SCRATCH/rows/<name> when every seed found it.
set -euo pipefail
name="$1"
patch="$ROOT/tests/chaos/resurrections/$name.patch"
copy="$SCRATCH/$LANE"
log="$SCRATCH/$name.log"
cd "$copy"

say() { echo "$name: $*"; }

if ! patch -s -f -p1 --dry-run <"$patch" >"$log" 2>&1; then
  say "does not apply any more"; cat "$log"; exit 1
fi
patch -s -f -p1 <"$patch"
# What a flawed contract was compiled to must not be there for the next patch.
trap 'patch -s -f -R -p1 <"$patch"; rm -rf contracts/out contracts/cache' EXIT

read -r kind what < <(sed -n 's/^Found by: //p' "$patch")
# A flaw that needs the chain to do something rare may ask for more runs.
runs_at_most="$(sed -n 's/^Runs: //p' "$patch")"
runs_at_most="${runs_at_most:-$RUNS}"
SECONDS=0

# Prints the median and the worst of the numbers on its input.
spread() { sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] "|" n[NR] }'; }

tests() { # project, filter: true when the tests fail
  ! dotnet test --no-build -c Release "$1" --filter "$2" >"$log" 2>&1 && grep -q 'Failed!' "$log"
}

case "$kind" in
marathon | sprint)
  if grep '^+++ ' "$patch" | grep -qv '^+++ b/src/Kms.Core/'; then what_to_build=(src/Kms.Sim); else what_to_build=(src/Kms.Core src/Kms.Sim); fi
  "$ROOT/tests/chaos/resurrections/build.sh" "$copy" "${what_to_build[@]}" || { say "does not build any more"; exit 1; }
  SECONDS=0
  if ! dotnet src/Kms.Sim/bin/Release/net10.0/novasim.dll hunt --driver "$kind" --scenario "$what" --bases "$SEEDS" --runs "$runs_at_most" >"$log" 2>&1; then
    say "$(grep -c ' runs=' "$log" || true) of $SEEDS base seeds found it"; grep -v ' runs=' "$log" | head -20; exit 1
  fi
  # The rules that the patch says it breaks did break: no checker is believed that was never seen to fail.
  for rule in $(sed -n 's/^Rule: //p' "$patch" | tr -d ,); do
    grep -q " rule=$rule " "$log" || { say "never broke $rule"; exit 1; }
  done
  runs="$(sed -n 's/.* runs=\([0-9]*\) .*/\1/p' "$log" | spread)"
  say "found by $(sed -n 's/.* rule=\([A-Za-z]*\) .*/\1/p' "$log" | sort | uniq -c | sort -rn | awk '{ printf "%s%s ×%s", s, $2, $1; s = ", " }')"
  echo "$what|$kind|$runs|$SECONDS" >"$SCRATCH/rows/$name"
  ;;
property)
  "$ROOT/tests/chaos/resurrections/build.sh" "$copy" tests/properties || { say "does not build any more"; exit 1; }
  SECONDS=0
  for ((seed = 1; seed <= SEEDS; seed++)); do
    FSCHECK_SEED=$seed tests tests/properties "FullyQualifiedName~$what" || { say "FsCheck seed $seed does not find it"; tail -5 "$log"; exit 1; }
  done
  say "found under $SEEDS FsCheck seeds"
  echo "$what|property|1|1|$SECONDS" >"$SCRATCH/rows/$name"
  ;;
test)
  project="${what%% *}" filter="${what#* }"
  # Tests that deploy the contracts take what forge compiled.
  if grep -q '^+++ b/contracts/' "$patch" && ! node_modules/.bin/forge build contracts/src contracts/script >"$log" 2>&1; then
    say "does not compile any more"; tail -5 "$log"; exit 1
  fi
  "$ROOT/tests/chaos/resurrections/build.sh" "$copy" "$project" || { say "does not build any more"; exit 1; }
  SECONDS=0
  tests "$project" "FullyQualifiedName~$filter" || { say "$filter does not find it"; tail -5 "$log"; exit 1; }
  say "found"
  echo "$filter|test|1|1|$SECONDS" >"$SCRATCH/rows/$name"
  ;;
forge)
  if node_modules/.bin/forge test --match-test "$what" >"$log" 2>&1 || ! grep -q '\[FAIL' "$log"; then
    say "$what does not find it"; tail -5 "$log"; exit 1
  fi
  say "found"
  echo "$what|forge|1|1|$SECONDS" >"$SCRATCH/rows/$name"
  ;;
*)
  say "names no finder: \"Found by: marathon|sprint|property|test|forge …\""; exit 1
  ;;
esac

#!/usr/bin/env bash
# Brings each known flaw back into a scratch copy of the sources and demands that the finder which its patch names catches it:
# a scenario from SEEDS base seeds (default 20) within RUNS runs each (default 40), a property test under SEEDS FsCheck seeds.
# Prints a table and keeps the one in docs/resurrections.md. LANES patches are tried at the same time.
# Usage: run.sh [patch name without .patch ...]
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=tests/chaos/resurrections
export SEEDS="${SEEDS:-20}" RUNS="${RUNS:-40}"
lanes="${LANES:-2}"
table="${TABLE:-docs/resurrections.md}"
export SCRATCH ROOT="$PWD"
SCRATCH="$(mktemp -d)"
trap 'rm -rf "$SCRATCH"' EXIT

wanted=("$@")
if [ ${#wanted[@]} -eq 0 ]; then
  for file in "$here"/*.patch; do wanted+=("$(basename "$file" .patch)"); done
fi
for name in "${wanted[@]}"; do
  [ -f "$here/$name.patch" ] || { echo "no such patch: $name; there are:"; ls "$here" | sed -n 's/\.patch$//p'; exit 2; }
done

# Each lane has a copy of the sources, built once: a patch then costs the build of what it touches.
for ((lane = 0; lane < lanes && lane < ${#wanted[@]}; lane++)); do
  mkdir -p "$SCRATCH/$lane" "$SCRATCH/rows"
  git ls-files -z --cached --others --exclude-standard | xargs -0 tar -c --ignore-failed-read 2>/dev/null | tar -x -C "$SCRATCH/$lane"
  [ -d node_modules ] && ln -s "$PWD/node_modules" "$SCRATCH/$lane/node_modules"
  "$here/build.sh" "$SCRATCH/$lane" src/Kms.Sim
done

failed=0
printf '%s\n' "${wanted[@]}" | xargs -P "$lanes" --process-slot-var=LANE -I{} "$here/one.sh" {} || failed=1

row() { printf '| %s | %s | %s | %s | %s | %s |\n' "$@"; }
head="$(row finding 'found by' driver 'median runs' 'worst' 'seconds'; row --- --- --- ---: ---: ---:)"
for name in "${wanted[@]}"; do
  if [ -f "$SCRATCH/rows/$name" ]; then
    IFS='|' read -r found driver median worst seconds <"$SCRATCH/rows/$name"
    row "$name" "$found" "$driver" "$median" "$worst" "$seconds"
  else
    row "$name" '**not found**' - - - -
  fi
done >"$SCRATCH/table"
echo "$head"
cat "$SCRATCH/table"

# The table in the docs: what was found now, and of the patches that were not tried now what it said before, on the same terms.
terms="SEEDS=$SEEDS, RUNS=$RUNS"
{
  grep -v 'not found' "$SCRATCH/table" || true
  if grep -q "$terms" "$table" 2>/dev/null; then
    grep '^| ' "$table" | grep -v '^| finding |\|^| --- |' | while IFS='|' read -r _ name rest; do
      name="${name// /}"
      if [ -f "$here/$name.patch" ] && ! grep -q "^| $name |" "$SCRATCH/table"; then echo "| $name |$rest"; fi
    done
  fi
} | LC_ALL=C sort >"$SCRATCH/merged"
if [ "$(wc -l <"$SCRATCH/merged")" -gt 0 ]; then
  {
    echo "# Resurrections"
    echo
    echo "Written by \`make resurrections\` ($terms): each known flaw was brought back and found again. Runs: how many until the finder"
    echo "failed, from each of $SEEDS base seeds; a patch may allow more of them (\`Runs:\`). A test that draws nothing runs once."
    echo "Seconds: all seeds, without the build, beside whatever else the machine did. Rows: $(wc -l <"$SCRATCH/merged") of $(ls "$here"/*.patch | wc -l) flaws."
    echo
    echo "$head"
    cat "$SCRATCH/merged"
  } >"$table"
fi
[ "$failed" -eq 0 ] && echo "${#wanted[@]} flaws were brought back, ${#wanted[@]} found" || { echo "some flaws were not found"; exit 1; }

#!/usr/bin/env bash
# One seed, one history: runs SEEDS (default 100) seeds from a random first one (or FIRST) under both drivers, each in two
# processes, and compares what they print: scenario, seed, event hash. The Sprint tells parts from all seeds, worlds from a tenth.
set -euo pipefail
cd "$(dirname "$0")/../.."
seeds="${SEEDS:-100}"
first="${FIRST:-$((RANDOM * 32768 + RANDOM + 1))}"
program="src/Kms.Sim/bin/Release/net10.0/novasim.dll"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
echo "first seed $first, $seeds seeds"

histories() { # driver scenario runs: the lines of a process, in the order of their seeds
  dotnet "$program" run --driver "$1" --scenario "$2" --seed "$first" --runs "$3" --bundles "$scratch/bundles" 2>/dev/null |
    sed -n 's/^\(.* seed=[0-9]* hash=[0-9a-f]*\).*/\1/p' | sort
}

compare() { # driver scenario runs
  histories "$@" >"$scratch/one"
  histories "$@" >"$scratch/two"
  if [ "$(wc -l <"$scratch/one")" -ne "$3" ] || ! cmp -s "$scratch/one" "$scratch/two"; then
    echo "$1 $2: the processes differ"
    diff "$scratch/one" "$scratch/two" || true
    exit 1
  fi
  echo "$1 $2: $3 seeds, the same hashes"
}

compare marathon Two_fresh_nodes_boot_in_one_block "$seeds"
compare sprint Replicas_push_while_both_are_written "$seeds"
compare sprint The_head_moves_while_authority_is_read "$seeds"
compare sprint Two_nodes_boot_and_serve_within_a_minute "$(((seeds + 9) / 10))"
compare sprint Two_sides_write_apart_and_merge_within_a_minute "$(((seeds + 9) / 10))"

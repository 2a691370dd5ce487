#!/usr/bin/env bash
# Runs every test of both languages, then prints one closing line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.."
configuration="${1:-Release}"
logs=artifacts/test-logs
rm -rf "$logs"; mkdir -p "$logs"
passed=0; failed=0; skipped=0

# name command...: one thing that must hold; it counts as a failed test when it does not.
check() {
  local name="$1" began=$SECONDS; shift
  echo "== $name"
  if ! "$@" 2>&1 | tee "$logs/$name.log"; then
    failed=$((failed + 1))
    echo "== $name FAILED"
  fi
  [ "$SECONDS" -eq "$began" ] || echo "== $name took $((SECONDS - began)) s"
}

# name command...: tests, counted.
# dotnet: "Passed!  - Failed:     0, Passed:    12, Skipped:     0, ..."; forge: "Ran ... : 3 tests passed, 0 failed, 0 skipped (3 total tests)"; node: "# pass 3".
suite() {
  local name="$1" before=$failed p f s
  check "$@"
  read -r p f s < <(sed 's/\x1b\[[0-9;]*m//g' "$logs/$name.log" | awk '
    /(Passed|Failed)! +- Failed:/ { match($0, /Failed: +[0-9]+/); f += substr($0, RSTART + 7, RLENGTH - 7); match($0, /Passed: +[0-9]+/); p += substr($0, RSTART + 7, RLENGTH - 7); match($0, /Skipped: +[0-9]+/); s += substr($0, RSTART + 8, RLENGTH - 8) }
    /^Ran [0-9]+ test suites?.*tests? passed/ { match($0, /[0-9]+ tests? passed/); p += substr($0, RSTART, RLENGTH) + 0; match($0, /[0-9]+ failed/); f += substr($0, RSTART, RLENGTH) + 0; match($0, /[0-9]+ skipped/); s += substr($0, RSTART, RLENGTH) + 0 }
    /^# (pass|fail|cancelled|skipped|todo) [0-9]+$/ { if ($2 == "pass") p += $3; else if ($2 == "fail" || $2 == "cancelled") f += $3; else s += $3 }
    END { print p + 0, f + 0, s + 0 }')
  # A suite that died without counting a failure, or ran nothing, is a failure of its own.
  if [ "$f" -gt 0 ]; then failed=$before; fi
  if [ "$p" -eq 0 ] && [ "$f" -eq 0 ] && [ "$failed" -eq "$before" ]; then f=1; echo "== $name ran no test"; fi
  passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
}

# For these runs only: most of them compile more than they repeat, so the runtime neither measures for a second optimization nor
# maps its code twice, and collects garbage in larger steps. It took a third off the simulator's stories.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0 DOTNET_gcConcurrent=0 DOTNET_GCgen0size=0x4000000
dotnet_test() { dotnet test --no-build -c "$configuration" "tests/$1" --logger "console;verbosity=minimal"; }

# The integration tests wait, mostly for blocks of a second, while the others compute: side by side they take as long as the longer.
echo "== integration starts; its lines come last"
beside() {
  local began=$SECONDS code=0
  dotnet_test integration || code=$?
  echo "== integration took $((SECONDS - began)) s, beside the others"
  return "$code"
}
beside >"$logs/integration.out" 2>&1 &
integration=$!
trap 'kill "$integration" 2>/dev/null || true' EXIT
check contracts-trees node contracts/tools/check-trees.mjs
suite contracts node_modules/.bin/forge test
check contracts-records make --no-print-directory contracts-layout
check contracts-coverage make --no-print-directory contracts-coverage
check contracts-lint node_modules/.bin/forge lint --deny warnings
suite contracts-scripts node --test --test-reporter=tap contracts/test/governance-on-anvil.mjs
suite properties dotnet_test properties
suite chaos dotnet_test chaos
wait "$integration"; ended=$?
shown() { cat "$logs/integration.out"; return "$ended"; }
suite integration shown

if [ "$skipped" -gt 0 ]; then echo "$skipped tests were skipped: none may be"; failed=$((failed + skipped)); fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

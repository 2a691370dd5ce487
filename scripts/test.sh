#!/usr/bin/env bash
# Runs every test of both languages, then prints one closing line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.."
configuration="${1:-Release}"
logs=artifacts/test-logs
rm -rf "$logs"; mkdir -p "$logs"
failed_suites=0

suite() { # name command...
  local name="$1"; shift
  echo "== $name"
  if ! "$@" 2>&1 | tee "$logs/$name.log"; then
    failed_suites=$((failed_suites + 1))
    echo "== $name FAILED"
  fi
}

suite contracts node_modules/.bin/forge test
for project in tests/properties tests/chaos tests/integration; do
  suite "$(basename "$project")" dotnet test --no-build -c "$configuration" "$project" --logger "console;verbosity=minimal"
done

# dotnet: "Passed!  - Failed:     0, Passed:    12, Skipped:     0, ..."; forge: "Ran ... : 3 tests passed, 0 failed, 0 skipped (3 total tests)".
read -r passed failed skipped < <(cat "$logs"/*.log | sed 's/\x1b\[[0-9;]*m//g' | awk '
  /(Passed|Failed)! +- Failed:/ { match($0, /Failed: +[0-9]+/); f += substr($0, RSTART + 7, RLENGTH - 7); match($0, /Passed: +[0-9]+/); p += substr($0, RSTART + 7, RLENGTH - 7); match($0, /Skipped: +[0-9]+/); s += substr($0, RSTART + 8, RLENGTH - 8) }
  /^Ran [0-9]+ test suites?.*tests? passed/ { match($0, /[0-9]+ tests? passed/); p += substr($0, RSTART, RLENGTH) + 0; match($0, /[0-9]+ failed/); f += substr($0, RSTART, RLENGTH) + 0; match($0, /[0-9]+ skipped/); s += substr($0, RSTART, RLENGTH) + 0 }
  END { print p + 0, f + 0, s + 0 }')

# A suite that died without counting is a failure too.
if [ "$failed_suites" -gt 0 ] && [ "$failed" -eq 0 ]; then failed=$failed_suites; fi
if [ "$passed" -eq 0 ]; then failed=$((failed + 1)); fi
if [ "$skipped" -gt 0 ]; then echo "$skipped tests were skipped: none may be"; failed=$((failed + skipped)); fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

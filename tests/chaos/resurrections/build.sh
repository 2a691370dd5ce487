#!/usr/bin/env bash
# Builds one project of a scratch copy, without analyzers: a flaw need not be in the house style. With a second project, the
# first one's assembly is put beside it: enough when only bodies of the first have changed, and much faster.
set -euo pipefail
copy="$1" project="$2" beside="${3:-}"
cd "$copy"
dotnet build -c Release "$project" -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false -p:GenerateDocumentationFile=false >"$copy/build.log" 2>&1 || {
  grep -E ': error ' "$copy/build.log" | sort -u | head -5 >&2
  exit 1
}
if [ -n "$beside" ]; then
  # Symbols too: what is rewritten for the Sprint has to match them.
  cp "$project/bin/Release/net10.0/$(basename "$project")".{dll,pdb} "$beside/bin/Release/net10.0/"
fi

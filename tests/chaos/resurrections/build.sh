#!/usr/bin/env bash
# Builds one project of a scratch copy, without analyzers: a flaw need not be in the house style.
set -euo pipefail
copy="$1" project="$2"
cd "$copy"
dotnet build -c Release "$project" -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false -p:GenerateDocumentationFile=false >"$copy/build.log" 2>&1 || {
  grep -E ': error ' "$copy/build.log" | sort -u | head -5 >&2
  exit 1
}

#!/usr/bin/env bash
# A self-contained node for linux-x64 into a folder that must not exist yet, and its bill of materials (CycloneDX) beside it. Published from a copy of the
# sources, so that neither the place nor what was built there before shows in the bytes: the same commit gives the same files.
# Usage: publish.sh [FOLDER, default artifacts/publish/linux-x64]
set -euo pipefail
cd "$(dirname "$0")/.."
out="$(realpath -m "${1:-artifacts/publish/linux-x64}")"
[ ! -e "$out" ] || { echo "publish: $out exists; remove it, or name another folder" >&2; exit 2; }
rid=linux-x64
mkdir -p "$(dirname "$out")"
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT

# With Git what belongs to the project, without it (in a container's build) what is there.
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  git ls-files -z --cached --others --exclude-standard | xargs -0 tar -c --ignore-failed-read 2>/dev/null | tar -x -C "$copy"
else
  tar -c --exclude=./node_modules --exclude=./artifacts --exclude=bin --exclude=obj . | tar -x -C "$copy"
fi

cd "$copy"
echo "publish: restoring what packages.$rid.lock.json names"
properties=(-p:NuGetLockFilePath="packages.$rid.lock.json" -p:PathMap="$copy=/novakms" -p:ContinuousIntegrationBuild=true -p:DebugType=none -p:GenerateDocumentationFile=false
  -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false)
dotnet restore src/Kms.Node -r "$rid" --locked-mode -v q "${properties[@]}"
echo "publish: compiling"
dotnet publish src/Kms.Node -c Release -r "$rid" --self-contained --no-restore -v q -nologo -o "$out" "${properties[@]}"
echo "publish: listing what is in it"
dotnet tool restore -v q >/dev/null
bill="$(basename "$out").cdx.json"
dotnet tool run dotnet-CycloneDX -- src/Kms.Node/Kms.Node.csproj -o "$(dirname "$out")" -fn "$bill" -F Json --disable-package-restore --recursive --exclude-dev --no-serial-number >/dev/null
find "$out" -type f -exec chmod 0644 {} +
chmod 0755 "$out/novakms-node"
(cd "$out" && find . -type f | LC_ALL=C sort | xargs sha256sum) >"$copy/SHA256SUMS"
echo "publish: bill of materials in $(dirname "$out")/$bill"
echo "publish: $(wc -l <"$copy/SHA256SUMS") files in $out, together $(sha256sum <"$copy/SHA256SUMS" | cut -d' ' -f1)"

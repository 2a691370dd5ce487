#!/usr/bin/env node
// Records the storage layout of the registry's namespace, or compares it with the record:
//   node contracts/tools/storage-layout.mjs [--write]
// ERC-7201 structs are invisible to the compiler's layout of the registry itself, so a probe contract holds the same
// struct at slot 0, and the record adds the slot of the namespace. The registry's own layout must stay empty.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const record = path.join(root, "contracts/storage-layout.json");

execFileSync(path.join(root, "node_modules/.bin/forge"), ["build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
const layoutOf = (contract) =>
  JSON.parse(readFileSync(path.join(root, `contracts/out/${contract}.sol/${contract}.json`), "utf8")).storageLayout;

// AST ids differ from one build to the next; everything else about a type's name counts.
const stable = (type) => type.replace(/(t_(?:struct|enum|contract)\([^)]*\))\d+/g, "$1");

function current() {
  const own = layoutOf("KMSRegistry");
  if (own.storage.length !== 0) {
    throw new Error(`KMSRegistry has state outside its namespace: ${own.storage.map((s) => s.label).join(", ")}`);
  }
  const probe = layoutOf("StorageLayoutProbe");
  const structs = {};
  for (const [name, type] of Object.entries(probe.types)) {
    if (type.members === undefined) continue;
    structs[stable(name)] = type.members.map((m) => `${m.slot}+${m.offset} ${m.label}: ${stable(m.type)}`);
  }
  const source = readFileSync(path.join(root, "contracts/src/libraries/KMSRegistryStorage.sol"), "utf8");
  return {
    namespace: source.match(/erc7201:([a-z.]+)/)[1],
    slot: source.match(/LOCATION = (0x[0-9a-f]{64})/)[1],
    structs: Object.fromEntries(Object.entries(structs).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const text = `${JSON.stringify(current(), null, 2)}\n`;
if (process.argv.includes("--write")) {
  writeFileSync(record, text);
  console.log("storage layout written");
} else if (text === readFileSync(record, "utf8")) {
  console.log("storage layout unchanged");
} else {
  console.error("The storage layout differs from contracts/storage-layout.json. Live proxies keep the old one:");
  console.error("append to the end of Layout only, and record that with --write.\n");
  console.error(text);
  process.exit(1);
}

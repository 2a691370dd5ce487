#!/usr/bin/env node
// Records the ABI of what nodes and tools call, or compares it with the record:
//   node contracts/tools/abi.mjs [--write]
// The record, contracts/abi/*.json, is what programs outside of Foundry may embed; it cannot drift from the sources.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const contracts = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const names = ["KMSRegistry", "DevNovaAppRegistry", "INovaAppRegistry"];
let changed = 0;

mkdirSync(path.join(contracts, "abi"), { recursive: true });
for (const name of names) {
  const artifact = JSON.parse(readFileSync(path.join(contracts, `out/${name}.sol/${name}.json`), "utf8"));
  const text = `${JSON.stringify(artifact.abi, null, 1)}\n`;
  const record = path.join(contracts, `abi/${name}.json`);
  if (process.argv.includes("--write")) {
    writeFileSync(record, text);
  } else if (readFileSync(record, "utf8") !== text) {
    console.error(`contracts/abi/${name}.json differs from the compiled artifact`);
    changed++;
  }
}
console.log(`${names.length} ABIs, ${changed} changed`);
process.exit(changed === 0 ? 0 : 1);

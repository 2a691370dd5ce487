#!/usr/bin/env node
// Breaks the contract on purpose, one guard at a time (the list is mutations.json), in a copy, and demands that the
// forge tests notice each time:
//   node contracts/tools/mutations.mjs [--only TEXT] [--list]
// First the unit and upgrade tests, then the quick invariants for what these let through. Prints a table; a mutation
// that survives, or that no longer fits the sources, fails. Gas figures are not compared: they would notice anything.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : "";
const groups = JSON.parse(readFileSync(path.join(root, "contracts/tools/mutations.json"), "utf8"));
const mutations = Object.entries(groups)
  .flatMap(([file, list]) => list.map(([name, from, to]) => ({ file, name, from, to })))
  .filter((m) => m.name.includes(only) || m.file.includes(only));

for (const m of mutations) {
  const source = readFileSync(path.join(root, "contracts/src", m.file), "utf8");
  if (source.split(m.from).length !== 2) {
    console.error(`${m.file}: "${m.name}" must fit exactly one place: ${m.from}`);
    process.exit(1);
  }
}
if (process.argv.includes("--list")) {
  for (const m of mutations) console.log(`${m.file}: ${m.name}`);
  process.exit(0);
}

const copy = mkdtempSync(path.join(tmpdir(), "nova-mutations-"));
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const entry of ["contracts/src", "contracts/test", "contracts/script", "contracts/tools", "contracts/snapshots", "foundry.toml"]) {
  cpSync(path.join(root, entry), path.join(copy, entry), { recursive: true });
}
symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));

// Without the optimizer and with tests linked at run time only the mutated contract is compiled, and fast.
const env = {
  ...process.env,
  FOUNDRY_OPTIMIZER: "false",
  FOUNDRY_DYNAMIC_TEST_LINKING: "true",
  FORGE_SNAPSHOT_CHECK: "false",
  FOUNDRY_FUZZ_RUNS: "32",
  // A removed guard leaves unused names behind.
  FOUNDRY_DENY: "never",
};

function forge(paths) {
  const result = spawnSync(path.join(root, "node_modules/.bin/forge"), ["test", "--fail-fast", "--match-path", paths], {
    cwd: copy, env, encoding: "utf8", maxBuffer: 1 << 28, timeout: 900_000,
  });
  const ran = /tests? passed, (\d+) failed/.exec(result.stdout);
  if (ran === null) throw new Error(`forge ran nothing:\n${result.stdout}${result.stderr}`);
  const killer = /^\[FAIL[^\n]*\] (\w+)\(/m.exec(result.stdout);
  if ((result.status === 0) !== (killer === null)) throw new Error(`forge failed for another reason:\n${result.stdout}`);
  return killer?.[1];
}

const suites = ["contracts/test/{unit,upgrade}/*", "contracts/test/invariant/*"];
for (const suite of suites) {
  if (forge(suite) !== undefined) throw new Error("the tests fail without any mutation");
}

let survivors = 0;
console.log(`| contract | mutation | killed by |\n|---|---|---|`);
for (const m of mutations) {
  const file = path.join(copy, "contracts/src", m.file);
  const source = readFileSync(file, "utf8");
  writeFileSync(file, source.replace(m.from, () => m.to));
  let killer;
  try {
    killer = suites.map((suite) => () => forge(suite)).reduce((found, run) => found ?? run(), undefined);
  } catch (error) {
    killer = `NOT COMPILED: ${error.message.split("\n").filter((line) => /Error/.test(line))[0] ?? error.message}`;
    survivors++;
  }
  writeFileSync(file, source);
  if (killer === undefined) survivors++;
  console.log(`| ${path.basename(m.file, ".sol")} | ${m.name} | ${killer ?? "**SURVIVED**"} |`);
}
console.log(`\n${mutations.length} mutations, ${mutations.length - survivors} killed, ${survivors} survived`);
process.exitCode = survivors === 0 && mutations.length > 0 ? 0 : 1;

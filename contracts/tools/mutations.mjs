#!/usr/bin/env node
// Breaks the contract on purpose, one guard at a time (the list is mutations.json), in a copy, and demands that the
// forge tests notice each time:
//   node contracts/tools/mutations.mjs [--only TEXT]… [--list]
// First the unit and upgrade tests, then the quick invariants for what these let through. Prints a table; a
// mutation that survives, or that no longer fits the sources, fails. Gas figures are not compared: they would notice
// anything.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const only = process.argv.filter((_, i, all) => all[i - 1] === "--only");
const groups = JSON.parse(readFileSync(path.join(root, "contracts/tools/mutations.json"), "utf8"));
const mutations = Object.entries(groups)
  .flatMap(([file, list]) => list.map(([name, from, to]) => ({ file, name, from, to })))
  .filter((m) => only.length === 0 || only.some((text) => m.name.includes(text) || m.file.includes(text)));

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

const copies = [];
process.on("exit", () => copies.forEach((copy) => rmSync(copy, { recursive: true, force: true })));

/** A copy of the project with some of the tests. A filter would cost a compilation at every run of forge. */
function copyWith(...folders) {
  const copy = mkdtempSync(path.join(tmpdir(), "nova-mutations-"));
  copies.push(copy);
  for (const entry of ["contracts/src", "contracts/test/mocks", "contracts/test/utils", ...folders, "foundry.toml"]) {
    cpSync(path.join(root, entry), path.join(copy, entry), { recursive: true });
  }
  for (const entry of ["node_modules", "contracts/tools"]) symlinkSync(path.join(root, entry), path.join(copy, entry));
  return copy;
}

// Tests are linked to the contract at run time, so a mutant is one compilation of the contract alone, put where forge
// keeps what it compiled before.
const env = { ...process.env, FOUNDRY_OPTIMIZER: "false", FOUNDRY_DYNAMIC_TEST_LINKING: "true", FOUNDRY_FUZZ_RUNS: "16" };
const contract = "contracts/src/KMSRegistry.sol";

function forge(copy) {
  const result = spawnSync(path.join(root, "node_modules/.bin/forge"), ["test", "--fail-fast"], {
    cwd: copy, env, encoding: "utf8", maxBuffer: 1 << 28, timeout: 900_000,
  });
  if (!/tests? passed, \d+ failed/.test(result.stdout)) throw new Error(`forge ran nothing:\n${result.stdout}${result.stderr}`);
  const killer = /^\[FAIL[^\n]*\] (\w+)\(/m.exec(result.stdout)?.[1];
  if ((result.status === 0) !== (killer === undefined)) throw new Error(`forge failed for another reason:\n${result.stdout}`);
  return killer;
}

/** Compiles the contract with a mutation, or without; the copies' sources stay as forge knows them. */
function compile(mutation) {
  const read = (file) => {
    const source = readFileSync(path.join(root, file.startsWith("@") ? `node_modules/${file}` : file), "utf8");
    return file === `contracts/src/${mutation?.file}` ? source.replace(mutation.from, () => mutation.to) : source;
  };
  const input = {
    language: "Solidity",
    sources: { [contract]: { content: read(contract) } },
    settings: {
      evmVersion: "cancun",
      metadata: { bytecodeHash: "none", appendCBOR: false },
      outputSelection: { [contract]: { KMSRegistry: ["evm.bytecode.object", "evm.deployedBytecode.object"] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (file) => ({ contents: read(file) }) }));
  const errors = (output.errors ?? []).filter((e) => e.severity === "error");
  if (errors.length !== 0) throw new Error(errors[0].formattedMessage);
  const { bytecode, deployedBytecode } = output.contracts[contract].KMSRegistry.evm;
  for (const copy of copies) {
    const artifact = path.join(copy, "contracts/out/KMSRegistry.sol/KMSRegistry.json");
    const built = JSON.parse(readFileSync(artifact, "utf8"));
    built.bytecode.object = `0x${bytecode.object}`;
    built.deployedBytecode.object = `0x${deployedBytecode.object}`;
    writeFileSync(artifact, JSON.stringify(built));
  }
}

copyWith("contracts/test/unit", "contracts/test/upgrade");
copyWith("contracts/test/invariant");
const kill = () => copies.reduce((killer, copy) => killer ?? forge(copy), undefined);

if (kill() !== undefined) throw new Error("the tests fail without any mutation");
compile();
if (kill() !== undefined) throw new Error("the tests fail with the contract compiled alone");

let survivors = 0;
console.log(`| contract | mutation | killed by |\n|---|---|---|`);
for (const m of mutations) {
  compile(m);
  const killer = kill();
  if (killer === undefined) survivors++;
  console.log(`| ${path.basename(m.file, ".sol")} | ${m.name} | ${killer ?? "**SURVIVED**"} |`);
}
console.log(`\n${mutations.length} mutations, ${mutations.length - survivors} killed, ${survivors} survived`);
process.exitCode = survivors === 0 && mutations.length > 0 ? 0 : 1;

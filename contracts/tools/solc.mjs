#!/usr/bin/env node
// The `solc` program that forge runs. npm ships the compiler as JavaScript only, and forge cannot download a
// native one without a network, so this answers the two calls that forge makes: `--version`, and standard JSON
// from stdin. Every other flag (`--standard-json`, `--allow-paths …`) has no meaning here: forge passes all
// sources inside the JSON, and the compiler has no file access at all.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const compiler = async () => (await import("solc")).default;

// Every forge command asks, and loading the compiler to answer takes a second: the answer is kept by the package's version.
async function version() {
  const packaged = JSON.parse(readFileSync(new URL("../../node_modules/solc/package.json", import.meta.url), "utf8"));
  const folder = fileURLToPath(new URL("../cache/", import.meta.url));
  const kept = `${folder}solc-${packaged.version}.txt`;
  try {
    return readFileSync(kept, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const text = (await compiler()).version();
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, text);
  renameSync(`${kept}.${process.pid}`, kept);
  return text;
}

if (process.argv.includes("--version")) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${await version()}\n`);
} else {
  process.stdout.write((await compiler()).compile(readFileSync(0, "utf8")));
}

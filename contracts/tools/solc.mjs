#!/usr/bin/env node
// The `solc` program that forge runs. npm ships the compiler as JavaScript only, and forge cannot download a
// native one without a network, so this answers the two calls that forge makes: `--version`, and standard JSON
// from stdin. Every other flag (`--standard-json`, `--allow-paths …`) has no meaning here: forge passes all
// sources inside the JSON, and the compiler has no file access at all.
import { readFileSync } from "node:fs";
import solc from "solc";

if (process.argv.includes("--version")) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else {
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
}

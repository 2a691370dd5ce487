#!/usr/bin/env node
// Runs the long profile and counts what it really did: fewer than 1,000,000 handler calls is a failure.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const WANTED = 1_000_000;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const forge = spawn(path.join(root, "node_modules/.bin/forge"), ["test"], {
  cwd: root,
  env: { ...process.env, FOUNDRY_PROFILE: "long" },
  stdio: ["ignore", "pipe", "inherit"],
});
let output = "";
forge.stdout.on("data", (data) => {
  output += data;
  process.stdout.write(data);
});
forge.on("close", (code) => {
  const calls = [...output.matchAll(/^\[PASS\] invariant_\w+\(\) \(runs: \d+, calls: (\d+)/gm)];
  const total = calls.reduce((sum, match) => sum + Number(match[1]), 0);
  console.log(`${calls.length} invariants, ${total} handler calls`);
  process.exitCode = code === 0 && total >= WANTED ? 0 : 1;
});

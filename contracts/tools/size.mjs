#!/usr/bin/env node
// Fails when a contract that nodes deploy is larger than it may grow: 22 KiB of runtime code, 2 KiB below EIP-170, so
// that the next repair still fits. What its constructor sends along is bounded by EIP-3860.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const MOST = 22 * 1024;
const MOST_INITCODE = 48 * 1024;
const contracts = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const bytes = (code) => {
  if (!/^0x(?:[0-9a-f]{2})+$/.test(code.object)) throw new Error("no code, or code with libraries that somebody must link");
  return code.object.length / 2 - 1;
};
let wrong = 0;
for (const name of ["KMSRegistry", "KMSRegistryReader"]) {
  const artifact = JSON.parse(readFileSync(path.join(contracts, `out/${name}.sol/${name}.json`), "utf8"));
  const [runtime, initcode] = [bytes(artifact.deployedBytecode), bytes(artifact.bytecode)];
  console.log(`${name}: ${runtime} bytes of ${MOST}, to deploy ${initcode} of ${MOST_INITCODE}`);
  if (runtime > MOST || initcode > MOST_INITCODE) wrong++;
}
process.exit(wrong === 0 ? 0 : 1);

#!/usr/bin/env node
// Every `.tree` names the tests that its branches stand for, in parentheses. This demands that each test of the file
// beside it is named exactly once, and that each name is a test: neither specs nor tests may rot alone. It also demands
// that forge would run each of them: a stale cache once made `forge test` leave two files out without a word.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const tests = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../test");
const files = ["unit", "upgrade", "gas"].flatMap((d) => walk(path.join(tests, d)));
const forge = path.resolve(tests, "../../node_modules/.bin/forge");
const listed = execFileSync(forge, ["test", "--list", "--json"], { cwd: path.resolve(tests, "../.."), encoding: "utf8" });
const runs = Object.values(JSON.parse(listed.slice(listed.indexOf("{")))).flatMap((c) => Object.values(c).flat());
let wrong = 0;
let checked = 0;

function walk(dir) {
  return existsSync(dir) ? readdirSync(dir).filter((f) => f.endsWith(".t.sol")).map((f) => path.join(dir, f)) : [];
}

for (const file of files) {
  const tree = file.replace(/\.t\.sol$/, ".tree");
  const have = [...readFileSync(file, "utf8").matchAll(/function (test\w+)\(/g)].map((m) => m[1]).sort();
  const want = existsSync(tree) ? [...readFileSync(tree, "utf8").matchAll(/\((test\w+)\)/g)].map((m) => m[1]).sort() : [];
  checked += have.length;
  for (const name of have.filter((n) => !runs.includes(n))) report(file, `has ${name}, which forge does not run: clean`);
  for (const name of have.filter((n) => !want.includes(n))) report(tree, `does not name ${name}`);
  for (const name of want.filter((n) => !have.includes(n))) report(tree, `names ${name}, which is no test`);
  for (const name of want.filter((n, i) => want.indexOf(n) !== i)) report(tree, `names ${name} twice`);
}

function report(tree, message) {
  console.error(`${path.relative(tests, tree)} ${message}`);
  wrong++;
}

if (checked === 0) report(tests, "holds no test");
console.log(`${files.length} trees, ${checked} tests, ${wrong} differences`);
process.exit(wrong === 0 ? 0 : 1);

#!/usr/bin/env node
// Every `.tree` names the tests that its branches stand for, in parentheses. This demands that each test of the file
// beside it is named exactly once, and that each name is a test: neither specs nor tests may rot alone. It also demands
// that forge would run each test there is, the invariants among them: a stale cache once made `forge test` leave two
// files out without a word. Where it does so, the cache is thrown away, and everything is built anew.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const tests = path.join(root, "contracts/test");
const forge = (...args) => execFileSync(path.join(root, "node_modules/.bin/forge"), args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
const specified = ["unit", "upgrade", "gas"].flatMap((d) => walk(path.join(tests, d)));
const files = [...specified, ...walk(path.join(tests, "invariant"))];
let wrong = 0;
let checked = 0;

function walk(dir) {
  return readdirSync(dir).filter((f) => f.endsWith(".t.sol")).map((f) => path.join(dir, f));
}

const testsOf = (file) => [...readFileSync(file, "utf8").matchAll(/function ((?:test|invariant_)\w+)\(/g)].map((m) => m[1]).sort();

/** Tests in the sources that forge would not run, by file. */
function leftOut() {
  const listed = forge("test", "--list", "--json");
  const runs = JSON.parse(listed.slice(listed.indexOf("{")));
  return files.flatMap((file) => {
    const known = Object.values(runs[path.relative(root, file)] ?? {}).flat();
    return testsOf(file).filter((name) => !known.includes(name)).map((name) => [file, name]);
  });
}

if (leftOut().length !== 0) {
  console.log("forge leaves tests out: its cache is stale, building anew");
  forge("clean");
  forge("build");
}
for (const [file, name] of leftOut()) report(file, `has ${name}, which forge does not run`);

for (const file of files) checked += testsOf(file).length;
for (const file of specified) {
  const tree = file.replace(/\.t\.sol$/, ".tree");
  const have = testsOf(file);
  const want = existsSync(tree) ? [...readFileSync(tree, "utf8").matchAll(/\((test\w+)\)/g)].map((m) => m[1]).sort() : [];
  for (const name of have.filter((n) => !want.includes(n))) report(tree, `does not name ${name}`);
  for (const name of want.filter((n) => !have.includes(n))) report(tree, `names ${name}, which is no test`);
  for (const name of want.filter((n, i) => want.indexOf(n) !== i)) report(tree, `names ${name} twice`);
}

function report(tree, message) {
  console.error(`${path.relative(tests, tree)} ${message}`);
  wrong++;
}

if (checked === 0) report(tests, "holds no test");
console.log(`${specified.length} trees, ${checked} tests, ${wrong} differences`);
process.exit(wrong === 0 ? 0 : 1);

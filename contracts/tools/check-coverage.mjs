#!/usr/bin/env node
// Fails when a line or branch of the lcov file was never taken, and names it: forge itself only prints a table.
import { readFileSync } from "node:fs";

let file;
const missed = [];
const count = { lines: 0, branches: 0 };
for (const line of readFileSync(process.argv[2], "utf8").split("\n")) {
  const [tag, rest = ""] = line.split(/:(.*)/s);
  const fields = rest.split(",");
  if (tag === "SF") file = rest;
  if (tag === "DA") count.lines++;
  if (tag === "BRDA") count.branches++;
  if (tag === "DA" && fields[1] === "0") missed.push(`${file}:${fields[0]} line`);
  if (tag === "BRDA" && (fields[3] === "0" || fields[3] === "-")) missed.push(`${file}:${fields[0]} branch ${fields[2]}`);
}
console.log(`${count.lines} lines, ${count.branches} branches, ${missed.length} never taken`);
for (const place of missed) console.error(place);
process.exit(missed.length === 0 && count.lines > 0 && count.branches > 0 ? 0 : 1);

#!/usr/bin/env node
// Writes the calls, answers and errors of a node as messages for Nethereum.ABI, or compares them with what is written:
//   node contracts/tools/messages.mjs [--write]
// They come from contracts/abi, which abi.mjs holds against the compiled contracts.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const target = "src/Kms.Adapters/Ethereum/RegistryMessages.g.cs";

// Exactly what a node calls, and what its calls can revert with. "read": the answer is decoded by Nethereum; AbiReader has the others.
const calls = {
  KMSRegistry: {
    read: ["nodeState", "hasConfirmed", "barredUntil", "novaAppRegistry", "confirmationTarget"],
    called: ["epochsPage", "getOperators", "proposeMasterSecret", "confirmMasterSecret", "syncOperator"],
  },
  INovaAppRegistry: {
    read: ["getApp", "getVersion"],
    called: ["getInstanceByWallet", "getActiveInstances"],
  },
};
const errors = [
  "AlreadyConfirmed", "AppNotActive", "Barred", "GasTooLow", "HashKnown", "MeasurementSuspended", "NoEpochWanted", "NotEligible", "ProposalNotOpen",
  "ProposalOpen", "ProposalsPaused", "RegistryUnreadable", "TooManyOperators", "WrongProposal", "ZeroHash",
].map((name) => `KMSRegistry_${name}`);

// Builds of the platform before the apps had wallets answer without the last field.
const olderLayouts = { getApp: "appWallet" };

// Solidity's own two (Solidity documentation, "Error handling"): no ABI has them.
const builtIn = [
  { name: "Error", inputs: [{ name: "message", type: "string" }] },
  { name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
];

const pascal = (name) => name[0].toUpperCase() + name.slice(1);
const structName = (field) => `${field.internalType.split(".").at(-1)}Tuple`;

function property(field, index, inAnswer) {
  // Contracts do not check that text is UTF-8. What is not would not survive being decoded, and bytes are encoded the same way.
  const type = inAnswer && field.type === "string" ? "bytes" : field.type;
  const bits = Number(/^uint(\d+)$/.exec(type)?.[1] ?? 0);
  const [csharp, initial] =
    bits > 64 ? ["BigInteger"] : bits > 32 ? ["ulong"] : bits > 8 ? ["uint"] : bits === 8 ? ["byte"]
    : type === "bool" ? ["bool"]
    : type === "address" || type === "string" ? ["string", "string.Empty"]
    : type === "bytes" || type === "bytes32" ? ["byte[]", "[]"]
    : type === "bytes32[]" ? ["List<byte[]>", "[]"]
    : type === "tuple" ? [structName(field), "new()"]
    : [];
  if (!csharp) {
    throw new Error(`${field.name}: no message has a ${type} yet`);
  }
  return `        [Parameter("${type}", "${field.name}", ${index + 1})] public ${csharp} ${pascal(field.name || "value")} { get; set; }${initial ? ` = ${initial};` : ""}`;
}

function type(declaration, attribute, fields, inAnswer) {
  const lines = attribute ? [`    ${attribute}`] : [];
  return fields.length === 0
    ? [...lines, `    internal sealed class ${declaration};`]
    : [...lines, `    internal sealed class ${declaration}`, "    {", ...fields.map((field, i) => property(field, i, inAnswer)), "    }"];
}

function answer(name, outputs) {
  const tuples = outputs.filter((field) => field.type === "tuple");
  return [
    type(`${name} : IFunctionOutputDTO`, "[FunctionOutput]", outputs, true),
    ...tuples.flatMap((tuple) => [
      ...tuple.components.filter((field) => field.type === "tuple").map((field) => type(structName(field), null, field.components, true)),
      type(structName(tuple), null, tuple.components, true),
    ]),
  ];
}

function without(fields, last) {
  const [tuple] = fields;
  if (tuple.components.at(-1).name !== last) {
    throw new Error(`${last} is not the last field`);
  }
  return [{ ...tuple, internalType: `${tuple.internalType}Without${pascal(last)}`, components: tuple.components.slice(0, -1) }];
}

const record = (contract) => JSON.parse(readFileSync(path.join(root, `contracts/abi/${contract}.json`), "utf8"));
function find(contract, kind, name) {
  const found = record(contract).filter((entry) => entry.type === kind && entry.name === name);
  if (found.length !== 1) {
    throw new Error(`${contract} has ${found.length} of ${kind} ${name}`);
  }
  return found[0];
}

const types = [];
for (const [contract, { read, called }] of Object.entries(calls)) {
  for (const name of [...read, ...called]) {
    const { inputs, outputs } = find(contract, "function", name);
    types.push(type(`${pascal(name)}Call`, `[Function("${name}")]`, inputs, false));
    if (read.includes(name)) {
      types.push(...answer(`${pascal(name)}Answer`, outputs));
    }
    if (olderLayouts[name]) {
      types.push(...answer(`${pascal(name)}AnswerWithout${pascal(olderLayouts[name])}`, without(outputs, olderLayouts[name])));
    }
  }
}
const named = errors.map((name) => find("KMSRegistry", "error", name));
for (const { name, inputs } of [...named, ...builtIn]) {
  types.push(type(`${name.replace("KMSRegistry_", "")}Error`.replace(/^ErrorError$/, "MessageError"), `[Error("${name}")]`, inputs, false));
}

const text = `// <auto-generated>Written by contracts/tools/messages.mjs from contracts/abi. Change those, then: node contracts/tools/messages.mjs --write</auto-generated>
#nullable enable
using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Kms.Adapters.Ethereum;

/// <summary>Calls, answers and errors as the compiled contracts have them.</summary>
internal static class RegistryMessages
{
    /// <summary>What the calls of a node can revert with.</summary>
    public static readonly Type[] Errors =
    [
${named.map(({ name }) => `        typeof(${name.replace("KMSRegistry_", "")}Error),`).join("\n")}
    ];

${types.map((lines) => lines.join("\n")).join("\n\n")}
}
`;

const file = path.join(root, target);
if (process.argv.includes("--write")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error(`${target} differs from what contracts/abi gives`);
  process.exit(1);
}
console.log(`${types.length} messages of ${Object.keys(calls).length} contracts`);

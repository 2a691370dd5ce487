#!/usr/bin/env node
// The owner's command line: a thin, readable front of the scripts in contracts/script. Run without arguments for help.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

const plan = {
  multisig: "MULTISIG",
  guardian: "GUARDIAN",
  "nova-app-registry": "NOVA_APP_REGISTRY",
  "kms-app-id": "KMS_APP_ID",
  "confirmation-target": "CONFIRMATION_TARGET",
  "proposal-blocks": "PROPOSAL_BLOCKS",
  "rotation-interval": "ROTATION_INTERVAL",
  delay: "DELAY",
  "delay-floor": "DELAY_FLOOR",
  "timelock-delay": "TIMELOCK_DELAY",
  measurements: "MEASUREMENTS",
};
const recommended = { "kms-app-id": "0", "rotation-interval": "0", delay: "172800", "delay-floor": "86400", "timelock-delay": "3600" };

// command: script, signature, options in the order of its arguments
const commands = {
  "deploy-devnet": ["DeployDevnet", "run(uint32,bytes32,uint64)", ["nodes", "measurement", "proposal-blocks"]],
  deploy: ["DeployProduction", "run()", []],
  check: ["DeployProduction", "check(address,address)", ["timelock", "registry"]],
  "deploy-implementation": ["Govern", "deployImplementation()", []],
  "schedule-upgrade": ["Govern", "scheduleUpgrade(address,address,bytes)", ["registry", "implementation", "init-call"]],
  "schedule-approval": ["Govern", "scheduleApproval(address,bytes32)", ["registry", "measurement"]],
  "schedule-removal": ["Govern", "scheduleRemoval(address,bytes32)", ["registry", "measurement"]],
  "schedule-default": ["Govern", "scheduleDefault(address,uint64)", ["registry", "epoch"]],
  "schedule-retirement": ["Govern", "scheduleRetirement(address,uint64)", ["registry", "epoch"]],
  "schedule-app-registry": ["Govern", "scheduleAppRegistry(address,address)", ["registry", "nova-app-registry"]],
  "schedule-guardian": ["Govern", "scheduleGuardian(address,address)", ["registry", "guardian"]],
  "schedule-target": ["Govern", "scheduleTarget(address,uint32)", ["registry", "confirmation-target"]],
  "schedule-delay": ["Govern", "scheduleDelay(address,uint64)", ["registry", "delay"]],
  "schedule-proposal-blocks": ["Govern", "scheduleProposalBlocks(address,uint64)", ["registry", "proposal-blocks"]],
  "schedule-rotation-interval": ["Govern", "scheduleRotationInterval(address,uint64)", ["registry", "rotation-interval"]],
  "schedule-reset": ["Govern", "scheduleReset(address)", ["registry"]],
  execute: ["Govern", "execute(address,uint64)", ["registry", "action"]],
  cancel: ["Govern", "cancel(address,uint64)", ["registry", "action"]],
  rotate: ["Govern", "rotate(address)", ["registry"]],
  pause: ["Govern", "pauseProposals(address)", ["registry"]],
  unpause: ["Govern", "unpauseProposals(address)", ["registry"]],
  "set-app-id": ["Govern", "setAppId(address,uint256)", ["registry", "kms-app-id"]],
  "suspend-measurement": ["Govern", "suspendMeasurement(address,bytes32)", ["registry", "measurement"]],
  "lift-suspension": ["Govern", "liftSuspension(address,bytes32)", ["registry", "measurement"]],
  "remove-measurement": ["Govern", "removeMeasurement(address,bytes32)", ["registry", "measurement"]],
  show: ["Govern", "show(address)", ["registry"]],
};
const takesPlan = (command) => command === "deploy" || command === "check";

function usage(problem) {
  if (problem !== undefined) console.error(`${problem}\n`);
  console.error("kms-registry.mjs COMMAND --rpc-url URL --sender ADDRESS [--dry-run] [options] [-- forge's own flags]");
  console.error("How to sign is forge's business: -- --ledger, -- --account NAME, -- --unlocked. --dry-run sends nothing.\n");
  for (const [name, [, , options]] of Object.entries(commands)) {
    const all = [...options, ...(takesPlan(name) ? Object.keys(plan) : [])];
    console.error(`  ${name} ${all.map((o) => `--${o} …`).join(" ")}`);
  }
  process.exit(2);
}

const [command, ...rest] = process.argv.slice(2);
if (commands[command] === undefined) usage(command === undefined ? undefined : `unknown command ${command}`);
const cut = rest.indexOf("--");
const own = cut === -1 ? rest : rest.slice(0, cut);
const forgeFlags = cut === -1 ? [] : rest.slice(cut + 1);
const given = { "init-call": "0x", ...(takesPlan(command) ? recommended : {}) };
let dryRun = false;
for (let i = 0; i < own.length; i++) {
  const name = own[i].replace(/^--/, "");
  if (own[i] === "--dry-run") dryRun = true;
  else if (own[i].startsWith("--") && own[i + 1] !== undefined) given[name] = own[++i];
  else usage(`what is ${own[i]}?`);
}

const [script, signature, options] = commands[command];
const need = ["rpc-url", "sender", ...options, ...(takesPlan(command) ? Object.keys(plan) : [])];
const missing = need.filter((o) => given[o] === undefined);
if (missing.length !== 0) usage(`missing ${missing.map((o) => `--${o}`).join(" ")}`);
const unknown = Object.keys(given).filter((o) => !need.includes(o) && o !== "init-call");
if (unknown.length !== 0) usage(`${command} does not take ${unknown.map((o) => `--${o}`).join(" ")}`);

const sends = !dryRun && command !== "show" && command !== "check";
const result = spawnSync(
  path.join(root, "node_modules/.bin/forge"),
  [
    "script", `contracts/script/${script}.s.sol`, "--sig", signature, ...options.map((o) => given[o]),
    "--rpc-url", given["rpc-url"], "--sender", given.sender, ...forgeFlags, ...(sends ? ["--broadcast", "--slow"] : []),
  ],
  {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...Object.fromEntries(Object.entries(plan).map(([o, v]) => [v, given[o] ?? ""])) },
  },
);
const logs = result.stdout.match(/== Logs ==\n([\s\S]*?)(?:\n\n|$)/);
if (logs !== null) console.log(logs[1].replace(/^ {2}/gm, ""));
if (result.status !== 0) {
  console.error(result.stderr || result.stdout);
  process.exit(1);
}
console.log(!sends ? "nothing was sent" : /ONCHAIN EXECUTION COMPLETE/.test(result.stdout) ? "sent" : "nothing to send");

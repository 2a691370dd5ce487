// The whole governance story through the scripts, on a real Anvil: deploy, verify, first epoch, rotate, default,
// retire, upgrade (cancelled, then executed), reset. Exits non-zero at the first thing that is not as it should be.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const bin = (name) => path.join(root, "node_modules/.bin", name);
const DAY = 86_400;
const MEASUREMENT = `0x${"11".repeat(32)}`;
const HASHES = [1, 2, 3].map((n) => `0x${String(n).repeat(64)}`);

let rpc;

async function startAnvil() {
  const port = await new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
  rpc = `http://127.0.0.1:${port}`;
  const anvil = spawn(bin("anvil"), ["--port", String(port), "--silent"], { stdio: "ignore" });
  for (let i = 0; i < 100; i++) {
    try {
      await call("eth_chainId");
      return anvil;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  anvil.kill();
  throw new Error("anvil did not start");
}

async function call(method, ...params) {
  const response = await fetch(rpc, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error !== undefined) throw new Error(error.message);
  return result;
}

async function pass(seconds) {
  await call("evm_increaseTime", seconds);
  await call("evm_mine");
}

function cast(...args) {
  const result = spawnSync(bin("cast"), [...args, "--rpc-url", rpc], { encoding: "utf8" });
  assert.equal(result.status, 0, `cast ${args.join(" ")}: ${result.stderr}`);
  return result.stdout.trim();
}

const read = (to, signature, ...args) => cast("call", to, signature, ...args).split(" ")[0];
const send = (from, to, signature, ...args) => cast("send", to, signature, ...args, "--from", from, "--unlocked");

/** Runs a command of the owner's command line; returns what it printed. */
function run(sender, command, options, { fails = false } = {}) {
  const flags = Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, value]));
  const result = spawnSync(
    process.execPath,
    [path.join(root, "contracts/tools/kms-registry.mjs"), command, "--rpc-url", rpc, "--sender", sender, ...flags, "--", "--unlocked"],
    { encoding: "utf8" },
  );
  assert.equal(result.status, fails ? 1 : 0, `${command}: ${result.stdout}${result.stderr}`);
  return result.stdout + result.stderr;
}

const field = (output, name) => output.match(new RegExp(`^${name}=(\\S+)`, "m"))[1].toLowerCase();

test("governance through the scripts", { timeout: 600_000 }, async (t) => {
  const anvil = await startAnvil();
  t.after(() => anvil.kill());
  const [deployer, multisig, guardian, a, b, c, stranger] = await call("eth_accounts");
  const nonce = async (who) => Number(await call("eth_getTransactionCount", who, "latest"));

  // A platform to deploy against. The devnet's own registry is checked here too: it is what `novakms devnet` starts.
  const devnet = run(deployer, "deploy-devnet", { nodes: "2", measurement: MEASUREMENT, "proposal-blocks": "40" });
  const apps = field(devnet, "novaAppRegistry");
  const devRegistry = field(devnet, "kmsRegistry");
  assert.equal(read(devRegistry, "confirmationTarget()(uint32)"), "2");
  assert.equal(read(devRegistry, "proposalBlocks()(uint64)"), "40");
  assert.equal(read(devRegistry, "kmsAppId()(uint256)"), field(devnet, "kmsAppId"));
  assert.equal(read(devRegistry, "isApprovedMeasurement(bytes32)(bool)", MEASUREMENT), "true");
  send(deployer, apps, "devCreateApp(address,string)", "0x0000000000000000000000000000000000000000", "kms");
  send(deployer, apps, "devEnrollVersion(uint256,string,bytes32)", "2", "1.0", MEASUREMENT);

  // Deploy: first dry, which shows the plan and sends nothing.
  const plan = {
    multisig, guardian, "nova-app-registry": apps, "kms-app-id": "2", "confirmation-target": "2",
    "proposal-blocks": "300", "timelock-delay": "3600", measurements: MEASUREMENT,
  };
  const before = await nonce(deployer);
  const dry = run(deployer, "deploy", { ...plan, "dry-run": true });
  assert.match(dry, new RegExp(`multisig .*${multisig}`, "i"));
  assert.match(dry, /delay of dangerous actions +172800 s/);
  assert.match(dry, /nothing was sent/);
  assert.equal(await nonce(deployer), before);
  const deployed = run(deployer, "deploy", plan);
  assert.match(deployed, /verified/);
  const timelock = field(deployed, "timelock");
  const registry = field(deployed, "kmsRegistry");
  assert.equal(read(registry, "owner()(address)").toLowerCase(), timelock);
  assert.match(run(deployer, "check", { ...plan, timelock, registry }), /verified/);
  const wrong = run(deployer, "check", { ...plan, guardian: stranger, timelock, registry }, { fails: true });
  assert.match(wrong, /guardian/);

  // Three nodes, first epoch.
  send(deployer, apps, "devSetDappContract(uint256,address)", "2", registry);
  for (const wallet of [a, b, c]) {
    send(deployer, apps, "devRegisterInstance(uint256,uint256,address,bytes,string,bool)", "2", "1", wallet, "0x04", "https://n", "true");
  }
  assert.equal(read(registry, "operatorCount()(uint256)"), "3");
  const epoch = (n) => {
    send(a, registry, "proposeMasterSecret(bytes32)", HASHES[n - 1]);
    send(b, registry, "confirmMasterSecret(uint64)", String(n));
    assert.equal(read(registry, "masterSecretHash()(bytes32)"), HASHES[n - 1]);
  };
  epoch(1);

  // An owner's act, through the timelock: dry, step 1, too early, step 2.
  const act = async (command, options) => {
    const count = await nonce(multisig);
    assert.match(run(multisig, command, { ...options, "dry-run": true }), /step 1 of 2[\s\S]*call data +0x[\s\S]*nothing was sent/);
    assert.equal(await nonce(multisig), count, "a dry run sends nothing");
    assert.match(run(multisig, command, options), /step 1 of 2[\s\S]*\nsent/);
    assert.match(run(multisig, command, options), /waits in the timelock[\s\S]*nothing to send/);
    await pass(3600);
    assert.match(run(multisig, command, options), /step 2 of 2[\s\S]*\nsent/);
  };
  const scheduled = async (command, options, id) => {
    await act(command, { registry, ...options });
    assert.equal(read(registry, "actionCount()(uint64)"), String(id));
    // The registry's own delay, whatever the timelock allows: executing early is scheduled there, but fails.
    assert.match(run(multisig, "execute", { registry, action: String(id) }), /step 1 of 2/);
    await pass(3600);
    run(multisig, "execute", { registry, action: String(id) }, { fails: true });
    await pass(2 * DAY);
  };
  const executed = (id) => assert.match(run(multisig, "execute", { registry, action: String(id) }), /step 2 of 2[\s\S]*\nsent/);

  // Nobody else: a stranger is shown the call that only the multisig can send.
  assert.match(run(stranger, "rotate", { registry }), /only the multisig can send this[\s\S]*nothing to send/);

  await act("rotate", { registry });
  assert.equal(read(registry, "nextEpochWanted()(bool)"), "true");
  epoch(2);
  assert.equal(read(registry, "defaultEpoch()(uint64)"), "1");

  await scheduled("schedule-default", { epoch: "2" }, 1);
  executed(1);
  assert.equal(read(registry, "defaultEpoch()(uint64)"), "2");

  await scheduled("schedule-retirement", { epoch: "1" }, 2);
  executed(2);
  assert.match(cast("call", registry, "epochAt(uint64)((bytes32,address,uint64,uint32,bool))", "1"), /true\)$/);
  assert.equal(read(registry, "masterSecretHash()(bytes32)"), HASHES[1]);

  // An upgrade: to something that is none, cancelled by the guardian, then for good.
  run(multisig, "schedule-upgrade", { registry, implementation: apps }, { fails: true });
  const implementation = field(run(deployer, "deploy-implementation", {}), "implementation");
  await scheduled("schedule-upgrade", { implementation }, 3);
  assert.match(run(guardian, "cancel", { registry, action: "3" }), /as guardian[\s\S]*\nsent/);
  run(multisig, "execute", { registry, action: "3" }, { fails: true });
  await scheduled("schedule-upgrade", { implementation }, 4);
  executed(4);
  assert.match(run(deployer, "show", { registry }), new RegExp(`implementation=${implementation}`, "i"));
  assert.equal(read(registry, "masterSecretHash()(bytes32)"), HASHES[1], "data intact");
  assert.equal(read(registry, "operatorCount()(uint256)"), "3");

  await scheduled("schedule-reset", {}, 5);
  executed(5);
  assert.match(read(registry, "masterSecretHash()(bytes32)"), /^0x0{64}$/);
  assert.equal(read(registry, "nextEpochWanted()(bool)"), "true");
  epoch(3);
  assert.equal(read(registry, "defaultEpoch()(uint64)"), "3");

  // Immediate: the removal of a measurement waits for the timelock only.
  await act("remove-measurement", { registry, measurement: MEASUREMENT });
  assert.equal(read(registry, "isEligible(address)(bool)", a), "false");
});

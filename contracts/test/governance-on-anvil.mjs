// The whole governance story through the scripts, on a real Anvil: deploy, verify, first epoch, rotate, default, retire,
// approve, upgrade (cancelled, then executed), pause, change the guardian, reset, remove an approval; each act dry first.
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
const NEXT_MEASUREMENT = `0x${"22".repeat(32)}`;
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

test("governance through the scripts", { timeout: 1_800_000 }, async (t) => {
  const anvil = await startAnvil();
  t.after(() => anvil.kill());
  const [deployer, multisig, guardian, a, b, c, d, stranger] = await call("eth_accounts");
  const nonce = async (who) => Number(await call("eth_getTransactionCount", who, "latest"));

  // A platform to deploy against. The devnet's own registry is checked here too: it is what `novakms devnet` starts.
  const devnet = run(deployer, "deploy-devnet", { nodes: "2", measurement: MEASUREMENT, "proposal-blocks": "40" });
  const apps = field(devnet, "novaAppRegistry");
  const devRegistry = field(devnet, "kmsRegistry");
  assert.equal(read(devRegistry, "confirmationTarget()(uint32)"), "2");
  assert.equal(read(devRegistry, "proposalBlocks()(uint64)"), "40");
  assert.equal(read(devRegistry, "kmsAppId()(uint256)"), field(devnet, "kmsAppId"));
  assert.equal(read(devRegistry, "isApprovedMeasurement(bytes32)(bool)", MEASUREMENT), "true");

  // Deploy: first dry, which shows the plan and sends nothing.
  const plan = {
    multisig, guardian, "nova-app-registry": apps, "kms-app-id": "0", "confirmation-target": "2",
    "proposal-blocks": "300", "timelock-delay": "3600", measurements: MEASUREMENT,
  };
  const before = await nonce(deployer);
  const planned = run(deployer, "deploy", { ...plan, "dry-run": true });
  assert.match(planned, new RegExp(`multisig .*${multisig}`, "i"));
  assert.match(planned, /delay of dangerous actions +172800 s/);
  assert.match(planned, /nothing was sent/);
  assert.equal(await nonce(deployer), before);
  const deployed = run(deployer, "deploy", plan);
  assert.match(deployed, /verified/);
  const timelock = field(deployed, "timelock");
  const registry = field(deployed, "kmsRegistry");
  assert.equal(read(registry, "owner()(address)").toLowerCase(), timelock);
  assert.match(run(deployer, "check", { ...plan, timelock, registry }), /verified/);
  const wrong = run(deployer, "check", { ...plan, guardian: stranger, timelock, registry }, { fails: true });
  assert.match(wrong, /guardian/);

  const epoch = (n) => {
    send(a, registry, "proposeMasterSecret(bytes32,uint64)", HASHES[n - 1], String(n));
    send(b, registry, "confirmMasterSecret(uint64,bytes32)", String(n), HASHES[n - 1]);
    assert.equal(read(registry, "masterSecretHash()(bytes32)"), HASHES[n - 1]);
  };

  // An owner's act, through the timelock: dry, which shows all that a human needs to check it, then the steps.
  const dry = (who, command, options, ...shown) => {
    const output = run(who, command, { registry, ...options, "dry-run": true });
    for (const part of [...shown, /call data +0x[0-9a-f]{8}/, /nothing was sent/]) {
      if (part instanceof RegExp) assert.match(output, part);
      else assert.ok(output.toLowerCase().includes(String(part).toLowerCase()), `${command} does not show ${part}:\n${output}`);
    }
  };
  const act = async (command, options, ...shown) => {
    const count = await nonce(multisig);
    dry(multisig, command, options, /^act: /m, ...shown, /step 1 of 2/);
    assert.equal(await nonce(multisig), count, "a dry run sends nothing");
    assert.match(run(multisig, command, { registry, ...options }), /step 1 of 2[\s\S]*\nsent/);
    await pass(3600);
    assert.match(run(multisig, command, { registry, ...options }), /step 2 of 2[\s\S]*\nsent/);
  };
  // Scheduled in the registry, and scheduled in the timelock for the time when the registry's own delay is over.
  let actions = 0;
  const schedule = async (command, options, ...shown) => {
    const id = String(++actions);
    await act(command, options, ...shown, `action      ${id}, executable 172800 s after`);
    assert.equal(read(registry, "actionCount()(uint64)"), id);
    return id;
  };
  const execute = async (action, ...shown) => {
    dry(multisig, "execute", { action }, `act: execute action ${action}`, ...shown, /executable +from \d+ until \d+, now \d+/);
    assert.match(run(multisig, "execute", { registry, action }), /step 1 of 2[\s\S]*\nsent/);
    await pass(2 * DAY);
    assert.match(run(multisig, "execute", { registry, action }), /step 2 of 2[\s\S]*\nsent/);
  };
  const scheduleAndExecute = async (command, options, ...shown) => execute(await schedule(command, options, ...shown));

  // The app comes after the proxy, which it calls back for ever, and the registry learns its id. Then three nodes, first epoch.
  send(deployer, apps, "createApp(bytes32,address,string)", "0x6e6974726f" + "00".repeat(27), registry, "kms");
  send(deployer, apps, "devEnrollVersion(uint256,string,bytes32)", "2", "1.0", MEASUREMENT);
  await act("set-app-id", { "kms-app-id": "2" }, "act: set the KMS app id to 2, for ever (now 0)");
  assert.equal(read(registry, "kmsAppId()(uint256)"), "2");
  for (const wallet of [a, b, c]) {
    send(deployer, apps, "devRegisterInstance(uint256,uint256,address,bytes,string,bool)", "2", "1", wallet, "0x04", "https://n", "true");
  }
  assert.equal(read(registry, "operatorCount()(uint256)"), "3");
  epoch(1);

  await t.test("nobody else: a stranger is shown the call that only the multisig can send", () => {
    assert.match(run(stranger, "rotate", { registry }), /only the multisig can send this[\s\S]*nothing to send/);
  });

  await t.test("rotate, waiting for the timelock", async () => {
    dry(multisig, "rotate", {}, "act: request epoch 2; the default stays 1", /step 1 of 2/);
    assert.match(run(multisig, "rotate", { registry }), /step 1 of 2[\s\S]*\nsent/);
    assert.match(run(multisig, "rotate", { registry }), /waits in the timelock[\s\S]*nothing to send/);
    await pass(3600);
    assert.match(run(multisig, "rotate", { registry }), /step 2 of 2[\s\S]*\nsent/);
    assert.equal(read(registry, "nextEpochWanted()(bool)"), "true");
    epoch(2);
    assert.equal(read(registry, "defaultEpoch()(uint64)"), "1");
  });

  await t.test("another default, then retire; the registry's delay holds whatever the timelock allows", async () => {
    const id = await schedule("schedule-default", { epoch: "2" }, "act: schedule default epoch 2 (now 1)");
    assert.match(run(multisig, "execute", { registry, action: id }), /step 1 of 2/);
    await pass(3600);
    run(multisig, "execute", { registry, action: id }, { fails: true });
    await pass(2 * DAY);
    assert.match(run(multisig, "execute", { registry, action: id }), /step 2 of 2[\s\S]*\nsent/);
    assert.equal(read(registry, "defaultEpoch()(uint64)"), "2");

    await scheduleAndExecute("schedule-retirement", { epoch: "1" }, "act: schedule the retirement of epoch 1", HASHES[0], "nobody can derive");
    assert.match(cast("call", registry, "epochAt(uint64)((bytes32,address,uint64,uint32,bool))", "1"), /true\)$/);
    assert.equal(read(registry, "masterSecretHash()(bytes32)"), HASHES[1]);
  });

  await t.test("approve a measurement, which then makes its nodes eligible", async () => {
    send(deployer, apps, "devEnrollVersion(uint256,string,bytes32)", "2", "2.0", NEXT_MEASUREMENT);
    send(deployer, apps, "devRegisterInstance(uint256,uint256,address,bytes,string,bool)", "2", "2", d, "0x04", "https://n", "true");
    assert.equal(read(registry, "isEligible(address)(bool)", d), "false");
    await scheduleAndExecute("schedule-approval", { measurement: NEXT_MEASUREMENT }, `act: schedule the approval of measurement ${NEXT_MEASUREMENT}`);
    assert.equal(read(registry, "isApprovedMeasurement(bytes32)(bool)", NEXT_MEASUREMENT), "true");
    assert.equal(read(registry, "isEligible(address)(bool)", d), "true");
  });

  await t.test("upgrade: refused for what is none, cancelled by the guardian, then done", async () => {
    run(multisig, "schedule-upgrade", { registry, implementation: apps }, { fails: true });
    const built = run(deployer, "deploy-implementation", {});
    const implementation = field(built, "implementation");
    const shown = ["act: schedule an upgrade", implementation, field(built, "codeHash")];
    const first = await schedule("schedule-upgrade", { implementation }, ...shown);
    assert.match(run(multisig, "execute", { registry, action: first }), /step 1 of 2[\s\S]*\nsent/);
    await pass(2 * DAY);
    dry(guardian, "cancel", { action: first }, `act: cancel action ${first} of kind 1`, "as guardian");
    assert.match(run(guardian, "cancel", { registry, action: first }), /as guardian[\s\S]*\nsent/);
    run(multisig, "execute", { registry, action: first }, { fails: true });
    await scheduleAndExecute("schedule-upgrade", { implementation }, ...shown);
    assert.match(run(deployer, "show", { registry }), new RegExp(`implementation=${implementation}`, "i"));
    assert.equal(read(registry, "masterSecretHash()(bytes32)"), HASHES[1], "data intact");
    assert.equal(read(registry, "operatorCount()(uint256)"), "4");
  });

  await t.test("the guardian pauses, the owner unpauses", async () => {
    dry(guardian, "pause", {}, "act: pause new proposals", "as guardian");
    assert.match(run(guardian, "pause", { registry }), /\nsent/);
    assert.equal(read(registry, "proposalsPaused()(bool)"), "true");
    await act("unpause", {}, "act: accept new proposals again");
    assert.equal(read(registry, "proposalsPaused()(bool)"), "false");
  });

  await t.test("every other rule: shown dry, and refused where it cannot be", async () => {
    dry(multisig, "schedule-app-registry", { "nova-app-registry": apps }, `act: schedule app registry ${apps}`, /its code +\d{4,} bytes/);
    dry(multisig, "schedule-target", { "confirmation-target": "3" }, "act: schedule confirmation target 3 (now 2)");
    dry(multisig, "schedule-delay", { delay: "86400" }, "act: schedule a delay of 86400 s (now 172800)");
    dry(multisig, "schedule-proposal-blocks", { "proposal-blocks": "900" }, "act: schedule proposals of 900 blocks (now 300)");
    dry(multisig, "schedule-rotation-interval", { "rotation-interval": "1000" }, "act: schedule a rotation interval of 1000 blocks (now 0)");
    dry(multisig, "set-app-id", { "kms-app-id": "9" }, "act: set the KMS app id to 9, for ever (now 2)");
  });

  await t.test("another guardian, whom the old one cannot veto", async () => {
    const id = await schedule("schedule-guardian", { guardian: stranger }, `act: schedule guardian ${stranger} (now ${guardian})`);
    run(guardian, "cancel", { registry, action: id }, { fails: true });
    await execute(id);
    assert.equal(read(registry, "guardian()(address)").toLowerCase(), stranger.toLowerCase());
  });

  await t.test("reset: all epochs retire, a new one is wanted, becomes current and default", async () => {
    await scheduleAndExecute("schedule-reset", {}, "act: schedule a RESET: epochs 1 to 2 retire, all their keys are lost");
    assert.match(read(registry, "masterSecretHash()(bytes32)"), /^0x0{64}$/);
    assert.equal(read(registry, "nextEpochWanted()(bool)"), "true");
    epoch(3);
    assert.equal(read(registry, "defaultEpoch()(uint64)"), "3");
  });

  await t.test("the brake: the guardian suspends at once, the owner lifts", async () => {
    dry(stranger, "suspend-measurement", { measurement: MEASUREMENT }, `act: suspend measurement ${MEASUREMENT}`, "as guardian");
    assert.match(run(stranger, "suspend-measurement", { registry, measurement: MEASUREMENT }), /as guardian[\s\S]*\nsent/);
    assert.equal(read(registry, "isEligible(address)(bool)", a), "false");
    assert.match(run(deployer, "show", { registry }), new RegExp(`suspended=${MEASUREMENT}`));
    await act("lift-suspension", { measurement: MEASUREMENT }, `act: lift the suspension of measurement ${MEASUREMENT}`);
    assert.equal(read(registry, "isEligible(address)(bool)", a), "true");
  });

  await t.test("the removal of a measurement waits for the timelock only", async () => {
    await act("remove-measurement", { measurement: MEASUREMENT }, `act: remove measurement ${MEASUREMENT}`);
    assert.equal(read(registry, "isEligible(address)(bool)", a), "false");
    assert.equal(read(registry, "isEligible(address)(bool)", d), "true");
  });

  await t.test("the removal of the last waits for the registry's delay as well", async () => {
    run(multisig, "remove-measurement", { registry, measurement: NEXT_MEASUREMENT });
    await pass(3600);
    run(multisig, "remove-measurement", { registry, measurement: NEXT_MEASUREMENT }, { fails: true });
    await scheduleAndExecute("schedule-removal", { measurement: NEXT_MEASUREMENT }, `act: schedule the removal of measurement ${NEXT_MEASUREMENT}`, /usable now +1/);
    assert.equal(read(registry, "isEligible(address)(bool)", d), "false");
  });
});

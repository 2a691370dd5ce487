// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../src/KMSRegistry.sol";
import {IKMSRegistry} from "../src/interfaces/IKMSRegistry.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IERC1822Proxiable} from "@openzeppelin/contracts/interfaces/draft-IERC1822.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {Script} from "forge-std/Script.sol";
import {console} from "forge-std/console.sol";

/// @title Govern
/// @notice The owner's acts, one function each. Every one prints what it is about to do; without `--broadcast` that is
///         all it does.
/// @dev The owner is the sender itself, or a {TimelockController} that the sender proposes to. With a timelock each act
///      takes two runs of the same command: the first schedules the call in the timelock, the second, after the
///      timelock's delay, executes it. A sender that is neither gets the call data to submit.
contract Govern is Script {
    /// @notice An implementation does not carry the UUID of the ERC-1967 slot: the proxy would refuse it.
    error Govern_NotUpgradeable(address implementation);

    // ------------------------------------------------------------------------------------------------ acts

    /// @notice Deploys the implementation in this tree, to be scheduled.
    function deployImplementation() external returns (address implementation) {
        vm.startBroadcast();
        implementation = address(new KMSRegistry());
        vm.stopBroadcast();
        console.log("implementation=%s", implementation);
        console.log("reader=%s", vm.computeCreateAddress(implementation, 1));
        console.log("codeHash=%s", vm.toString(implementation.codehash));
    }

    /// @notice Schedules an upgrade to an implementation, with a call to its initialiser or none.
    function scheduleUpgrade(KMSRegistry registry, address implementation, bytes calldata initCall) external {
        bytes32 uuid = IERC1822Proxiable(implementation).proxiableUUID();
        if (uuid != ERC1967Utils.IMPLEMENTATION_SLOT) revert Govern_NotUpgradeable(implementation);
        console.log("act: schedule an upgrade");
        console.log("  from        %s", implementationOf(registry));
        console.log("  to          %s", implementation);
        console.log("  code hash   %s", vm.toString(implementation.codehash));
        console.log("  then calls  %s", vm.toString(initCall));
        schedule(
            registry, IKMSRegistry.ActionKind.Upgrade, abi.encode(implementation, implementation.codehash, initCall)
        );
    }

    /// @notice Schedules the approval of a code measurement.
    function scheduleApproval(KMSRegistry registry, bytes32 measurement) external {
        console.log("act: schedule the approval of measurement %s", vm.toString(measurement));
        schedule(registry, IKMSRegistry.ActionKind.AddMeasurement, abi.encode(measurement));
    }

    /// @notice Schedules another default epoch.
    function scheduleDefault(KMSRegistry registry, uint64 epoch) external {
        console.log("act: schedule default epoch %s (now %s)", epoch, registry.defaultEpoch());
        schedule(registry, IKMSRegistry.ActionKind.SetDefaultEpoch, abi.encode(epoch));
    }

    /// @notice Schedules the retirement of an epoch.
    function scheduleRetirement(KMSRegistry registry, uint64 epoch) external {
        console.log("act: schedule the retirement of epoch %s", epoch);
        console.log("  hash        %s", vm.toString(registry.epochAt(epoch).hash));
        console.log("  afterwards nobody can derive from it or read values sealed under it");
        schedule(registry, IKMSRegistry.ActionKind.RetireEpoch, abi.encode(epoch));
    }

    /// @notice Schedules another app registry.
    function scheduleAppRegistry(KMSRegistry registry, address appRegistry) external {
        console.log("act: schedule app registry %s (now %s)", appRegistry, registry.novaAppRegistry());
        console.log("  its code    %s bytes; from then on it alone says who is an operator", appRegistry.code.length);
        schedule(registry, IKMSRegistry.ActionKind.SetNovaAppRegistry, abi.encode(appRegistry));
    }

    /// @notice Schedules another guardian. The guardian cannot veto this one.
    function scheduleGuardian(KMSRegistry registry, address guardian) external {
        console.log("act: schedule guardian %s (now %s)", guardian, registry.guardian());
        schedule(registry, IKMSRegistry.ActionKind.SetGuardian, abi.encode(guardian));
    }

    /// @notice Schedules another confirmation target.
    function scheduleTarget(KMSRegistry registry, uint32 target) external {
        console.log("act: schedule confirmation target %s (now %s)", target, registry.confirmationTarget());
        console.log("  a proposal that is open when it executes is voided");
        schedule(registry, IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(target));
    }

    /// @notice Schedules another delay.
    function scheduleDelay(KMSRegistry registry, uint64 delay) external {
        console.log("act: schedule a delay of %s s (now %s)", delay, registry.delay());
        console.log("  its floor   %s s, for ever", registry.delayFloor());
        schedule(registry, IKMSRegistry.ActionKind.SetDelay, abi.encode(delay));
    }

    /// @notice Schedules another life of proposals.
    function scheduleProposalBlocks(KMSRegistry registry, uint64 blocks) external {
        console.log("act: schedule proposals of %s blocks (now %s)", blocks, registry.proposalBlocks());
        schedule(registry, IKMSRegistry.ActionKind.SetProposalBlocks, abi.encode(blocks));
    }

    /// @notice Schedules another rotation interval, or none.
    function scheduleRotationInterval(KMSRegistry registry, uint64 blocks) external {
        console.log("act: schedule a rotation interval of %s blocks (now %s)", blocks, registry.rotationInterval());
        schedule(registry, IKMSRegistry.ActionKind.SetRotationInterval, abi.encode(blocks));
    }

    /// @notice Schedules a reset.
    function scheduleReset(KMSRegistry registry) external {
        console.log("act: schedule a RESET: epochs 1 to %s retire, all their keys are lost", registry.epochCount());
        schedule(registry, IKMSRegistry.ActionKind.Reset, "");
    }

    /// @notice Executes a scheduled action.
    function execute(KMSRegistry registry, uint64 actionId) external {
        IKMSRegistry.Action memory action = registry.actionAt(actionId);
        console.log("act: execute action %s of kind %s", actionId, uint8(action.kind));
        console.log("  data        %s", vm.toString(action.data));
        console.log("  executable  from %s until %s, now %s", action.executableAt, action.expiresAt, block.timestamp);
        asOwner(registry, abi.encodeCall(IKMSRegistry.execute, (actionId)));
    }

    /// @notice Cancels a scheduled action, as owner or as guardian.
    function cancel(KMSRegistry registry, uint64 actionId) external {
        console.log("act: cancel action %s of kind %s", actionId, uint8(registry.actionAt(actionId).kind));
        bytes memory data = abi.encodeCall(IKMSRegistry.cancel, (actionId));
        address sender = msg.sender;
        if (sender == registry.guardian()) send(address(registry), data, "as guardian");
        else asOwner(registry, data);
    }

    /// @notice Requests a rotation.
    function rotate(KMSRegistry registry) external {
        console.log("act: request epoch %s; the default stays %s", registry.epochCount() + 1, registry.defaultEpoch());
        asOwner(registry, abi.encodeCall(IKMSRegistry.requestRotation, ()));
    }

    /// @notice Refuses new proposals, as owner or as guardian.
    function pauseProposals(KMSRegistry registry) external {
        console.log("act: pause new proposals; an open one can still be confirmed");
        bytes memory data = abi.encodeCall(IKMSRegistry.pauseProposals, ());
        address sender = msg.sender;
        if (sender == registry.guardian()) send(address(registry), data, "as guardian");
        else asOwner(registry, data);
    }

    /// @notice Accepts new proposals again.
    function unpauseProposals(KMSRegistry registry) external {
        console.log("act: accept new proposals again");
        asOwner(registry, abi.encodeCall(IKMSRegistry.unpauseProposals, ()));
    }

    /// @notice Sets the KMS app's id, once, where it was not known at deployment.
    function setAppId(KMSRegistry registry, uint256 appId) external {
        console.log("act: set the KMS app id to %s, for ever (now %s)", appId, registry.kmsAppId());
        asOwner(registry, abi.encodeCall(IKMSRegistry.setKmsAppId, (appId)));
    }

    /// @notice Schedules the removal of a measurement: the only way for the last usable one.
    function scheduleRemoval(KMSRegistry registry, bytes32 measurement) external {
        console.log("act: schedule the removal of measurement %s", vm.toString(measurement));
        console.log("  usable now  %s; none left means that every node stops", registry.approvedMeasurements().length);
        schedule(registry, IKMSRegistry.ActionKind.RemoveMeasurement, abi.encode(measurement));
    }

    /// @notice The emergency brake: suspends a measurement, as owner or as guardian.
    function suspendMeasurement(KMSRegistry registry, bytes32 measurement) external {
        console.log("act: suspend measurement %s, until the owner lifts that", vm.toString(measurement));
        bytes memory data = abi.encodeCall(IKMSRegistry.suspendMeasurement, (measurement));
        address sender = msg.sender;
        if (sender == registry.guardian()) send(address(registry), data, "as guardian");
        else asOwner(registry, data);
    }

    /// @notice Lifts the suspension of a measurement, at once.
    function liftSuspension(KMSRegistry registry, bytes32 measurement) external {
        console.log("act: lift the suspension of measurement %s", vm.toString(measurement));
        asOwner(registry, abi.encodeCall(IKMSRegistry.liftSuspension, (measurement)));
    }

    /// @notice Takes the approval of a measurement away, at once, while another usable one stays.
    function removeMeasurement(KMSRegistry registry, bytes32 measurement) external {
        console.log("act: remove measurement %s", vm.toString(measurement));
        asOwner(registry, abi.encodeCall(IKMSRegistry.removeMeasurement, (measurement)));
    }

    /// @notice Prints the state that the acts are about. Sends nothing.
    function show(KMSRegistry registry) external view {
        console.log("owner=%s", registry.owner());
        console.log("guardian=%s", registry.guardian());
        console.log("implementation=%s", implementationOf(registry));
        console.log("epochCount=%s", registry.epochCount());
        console.log("defaultEpoch=%s", registry.defaultEpoch());
        console.log("masterSecretHash=%s", vm.toString(registry.masterSecretHash()));
        console.log("nextEpochWanted=%s", registry.nextEpochWanted());
        console.log("confirmationTarget=%s", registry.confirmationTarget());
        console.log("proposalsPaused=%s", registry.proposalsPaused());
        bytes32[] memory measurements = registry.approvedMeasurements();
        for (uint256 i = 0; i < measurements.length; i++) {
            console.log("approved=%s", vm.toString(measurements[i]));
        }
        measurements = registry.suspendedMeasurements();
        for (uint256 i = 0; i < measurements.length; i++) {
            console.log("suspended=%s", vm.toString(measurements[i]));
        }
        for (uint64 i = 1; i <= registry.actionCount(); i++) {
            IKMSRegistry.Action memory action = registry.actionAt(i);
            console.log("action %s kind=%s state=%s", i, uint8(action.kind), uint8(action.state));
        }
    }

    // ------------------------------------------------------------------------------------------------ sending

    function schedule(KMSRegistry registry, IKMSRegistry.ActionKind kind, bytes memory data) private {
        console.log(
            "  action      %s, executable %s s after it is scheduled", registry.actionCount() + 1, registry.delay()
        );
        asOwner(registry, abi.encodeCall(IKMSRegistry.schedule, (kind, data)));
    }

    function asOwner(KMSRegistry registry, bytes memory data) private {
        address sender = msg.sender;
        address owner = registry.owner();
        if (owner == sender) return send(address(registry), data, "as owner");
        console.log("  owner       %s", owner);
        if (owner.code.length == 0) return printCall(address(registry), data, "only the owner can send this");
        TimelockController timelock = TimelockController(payable(owner));
        // The same call may be wanted again years later; a timelock knows each operation once, so they are numbered.
        uint256 salt;
        bytes32 id = timelock.hashOperation(address(registry), 0, data, 0, bytes32(salt));
        while (timelock.isOperationDone(id)) {
            id = timelock.hashOperation(address(registry), 0, data, 0, bytes32(++salt));
        }
        bytes memory call;
        if (timelock.isOperationPending(id)) {
            if (!timelock.isOperationReady(id)) {
                console.log("  waits in the timelock until %s, now %s", timelock.getTimestamp(id), block.timestamp);
                return;
            }
            call = abi.encodeCall(TimelockController.execute, (address(registry), 0, data, 0, bytes32(salt)));
            console.log("  step 2 of 2 execute it in the timelock");
        } else {
            uint256 delay = timelock.getMinDelay();
            call = abi.encodeCall(TimelockController.schedule, (address(registry), 0, data, 0, bytes32(salt), delay));
            console.log("  step 1 of 2 schedule it in the timelock for %s s; run this again then", delay);
        }
        if (timelock.hasRole(timelock.PROPOSER_ROLE(), sender)) send(owner, call, "as proposer of the timelock");
        else printCall(owner, call, "only the multisig can send this");
    }

    function send(address target, bytes memory data, string memory role) private {
        printCall(target, data, role);
        vm.startBroadcast();
        (bool ok, bytes memory reason) = target.call(data);
        vm.stopBroadcast();
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }

    function printCall(address target, bytes memory data, string memory note) private pure {
        console.log("  call        %s (%s)", target, note);
        console.log("  call data   %s", vm.toString(data));
    }

    function implementationOf(KMSRegistry registry) private view returns (address) {
        return address(uint160(uint256(vm.load(address(registry), ERC1967Utils.IMPLEMENTATION_SLOT))));
    }
}

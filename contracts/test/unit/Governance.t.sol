// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";

contract GovernanceTest is RegistryTest {
    IKMSRegistry.ActionKind private constant ADD = IKMSRegistry.ActionKind.AddMeasurement;

    function expectScheduleRevert(IKMSRegistry.ActionKind kind, bytes memory data, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(owner);
        registry.schedule(kind, data);
    }

    function expectExecuteRevert(uint64 id, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(owner);
        registry.execute(id);
    }

    function outOfRange(uint256 value, uint256 min, uint256 max) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_OutOfRange.selector, value, min, max);
    }

    function notScheduled(uint64 id, IKMSRegistry.ActionState state) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ActionNotScheduled.selector, id, state);
    }

    function notOwner(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(OwnableUpgradeable.OwnableUnauthorizedAccount.selector, caller);
    }

    function neither(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotOwnerOrGuardian.selector, caller);
    }

    function scheduleMeasurement() private returns (uint64) {
        return schedule(ADD, abi.encode(OTHER_MEASUREMENT));
    }

    // ------------------------------------------------------------------------------------------------ schedule

    function test_RevertWhen_NonOwnerSchedules() external {
        address[2] memory callers = [stranger, guardian];
        for (uint256 i = 0; i < callers.length; i++) {
            vm.expectRevert(notOwner(callers[i]));
            vm.prank(callers[i]);
            registry.schedule(ADD, abi.encode(OTHER_MEASUREMENT));
        }
        assertEq(registry.actionCount(), 0);
    }

    function test_RevertWhen_KindIsNone() external {
        // Whatever comes with it: it must not pass for a kind that takes a number, an address, or nothing.
        bytes[4] memory data = [bytes(""), abi.encode(0), abi.encode(1), abi.encode(stranger)];
        for (uint256 i = 0; i < data.length; i++) {
            expectScheduleRevert(
                IKMSRegistry.ActionKind.None,
                data[i],
                abi.encodeWithSelector(IKMSRegistry.KMSRegistry_UnknownAction.selector)
            );
        }
    }

    /// @dev A new kind of which {KMSRegistry} does not say what it does fails here.
    function test_EveryKindIsKnown() external {
        for (uint8 i = 1; i <= uint8(type(IKMSRegistry.ActionKind).max); i++) {
            vm.prank(owner);
            (bool ok, bytes memory reason) =
                address(registry).call(abi.encodeCall(IKMSRegistry.schedule, (IKMSRegistry.ActionKind(i), hex"01")));
            assertFalse(ok);
            // forge-lint: disable-next-line(unsafe-typecast) -- the selector
            assertEq(bytes4(reason), IKMSRegistry.KMSRegistry_BadActionData.selector, vm.toString(i));
        }
        // And the number after the last is none at all.
        vm.prank(owner);
        (bool accepted,) = address(registry)
            .call(
                abi.encodeWithSelector(
                    IKMSRegistry.schedule.selector, uint256(type(IKMSRegistry.ActionKind).max) + 1, 0x40, 0
                )
            );
        assertFalse(accepted);
    }

    function test_RevertWhen_DataDoesNotFit() external {
        activate(HASH_1);
        for (uint8 i = 1; i <= uint8(type(IKMSRegistry.ActionKind).max); i++) {
            IKMSRegistry.ActionKind kind = IKMSRegistry.ActionKind(i);
            bytes memory bad = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_BadActionData.selector, kind);
            expectScheduleRevert(kind, hex"01", bad);
            if (kind != IKMSRegistry.ActionKind.Reset) expectScheduleRevert(kind, "", bad);
            expectScheduleRevert(kind, new bytes(33), bad);
        }
        // More than an address in an address, and more than a uint64 in a number.
        expectScheduleRevert(
            IKMSRegistry.ActionKind.SetGuardian,
            abi.encode(uint256(1) << 160),
            abi.encodeWithSelector(IKMSRegistry.KMSRegistry_BadActionData.selector, IKMSRegistry.ActionKind.SetGuardian)
        );
        expectScheduleRevert(
            IKMSRegistry.ActionKind.RetireEpoch, abi.encode((uint256(1) << 64) + 1), outOfRange((1 << 64) + 1, 1, 1)
        );
    }

    function test_RevertWhen_ValueIsOutOfRange() external {
        IKMSRegistry.ActionKind target = IKMSRegistry.ActionKind.SetConfirmationTarget;
        expectScheduleRevert(target, abi.encode(0), outOfRange(0, 1, 16));
        expectScheduleRevert(target, abi.encode(17), outOfRange(17, 1, 16));
        IKMSRegistry.ActionKind delay = IKMSRegistry.ActionKind.SetDelay;
        expectScheduleRevert(delay, abi.encode(DELAY_FLOOR - 1), outOfRange(DELAY_FLOOR - 1, DELAY_FLOOR, 30 days));
        expectScheduleRevert(delay, abi.encode(30 days + 1), outOfRange(30 days + 1, DELAY_FLOOR, 30 days));
        IKMSRegistry.ActionKind blocks = IKMSRegistry.ActionKind.SetProposalBlocks;
        expectScheduleRevert(blocks, abi.encode(0), outOfRange(0, 1, 1_000_000));
        expectScheduleRevert(blocks, abi.encode(1_000_001), outOfRange(1_000_001, 1, 1_000_000));
        expectScheduleRevert(
            IKMSRegistry.ActionKind.SetRotationInterval,
            abi.encode(uint256(type(uint32).max) + 1),
            outOfRange(uint256(type(uint32).max) + 1, 0, type(uint32).max)
        );
    }

    function test_RevertWhen_AddressIsZero() external {
        bytes memory zero = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ZeroAddress.selector);
        expectScheduleRevert(IKMSRegistry.ActionKind.SetNovaAppRegistry, abi.encode(address(0)), zero);
        expectScheduleRevert(IKMSRegistry.ActionKind.SetGuardian, abi.encode(address(0)), zero);
    }

    function test_RevertWhen_MeasurementCannotBeAdded() external {
        expectScheduleRevert(
            ADD, abi.encode(bytes32(0)), abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ZeroHash.selector)
        );
        expectScheduleRevert(
            ADD,
            abi.encode(MEASUREMENT),
            abi.encodeWithSelector(IKMSRegistry.KMSRegistry_MeasurementKnown.selector, MEASUREMENT)
        );
        for (uint256 i = 1; i < 16; i++) {
            scheduleAndExecute(ADD, abi.encode(bytes32(i)));
        }
        assertEq(registry.approvedMeasurements().length, 16);
        expectScheduleRevert(
            ADD,
            abi.encode(OTHER_MEASUREMENT),
            abi.encodeWithSelector(IKMSRegistry.KMSRegistry_TooManyMeasurements.selector)
        );
    }

    function test_RevertWhen_EpochCannotBeDefault() external {
        IKMSRegistry.ActionKind kind = IKMSRegistry.ActionKind.SetDefaultEpoch;
        expectScheduleRevert(kind, abi.encode(1), outOfRange(1, 1, 0));
        threeEpochs();
        expectScheduleRevert(kind, abi.encode(0), outOfRange(0, 1, 3));
        expectScheduleRevert(kind, abi.encode(4), outOfRange(4, 1, 3));
        scheduleAndExecute(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(2));
        expectScheduleRevert(
            kind, abi.encode(2), abi.encodeWithSelector(IKMSRegistry.KMSRegistry_EpochRetired.selector, 2)
        );
    }

    function test_RevertWhen_EpochCannotBeRetired() external {
        IKMSRegistry.ActionKind kind = IKMSRegistry.ActionKind.RetireEpoch;
        threeEpochs();
        expectScheduleRevert(kind, abi.encode(0), outOfRange(0, 1, 3));
        expectScheduleRevert(kind, abi.encode(4), outOfRange(4, 1, 3));
        bytes memory inUse = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_EpochInUse.selector, 1);
        expectScheduleRevert(kind, abi.encode(1), inUse);
        inUse = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_EpochInUse.selector, 3);
        expectScheduleRevert(kind, abi.encode(3), inUse);
        scheduleAndExecute(kind, abi.encode(2));
        expectScheduleRevert(
            kind, abi.encode(2), abi.encodeWithSelector(IKMSRegistry.KMSRegistry_EpochRetired.selector, 2)
        );
    }

    function threeEpochs() private {
        activate(HASH_1);
        activate(HASH_2);
        activate(HASH_3);
    }

    function test_RevertWhen_NothingToReset() external {
        expectScheduleRevert(
            IKMSRegistry.ActionKind.Reset, "", abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NothingToReset.selector)
        );
    }

    function test_RevertWhen_ResettingAFullHistory() external {
        activateEpochs(256);
        expectScheduleRevert(IKMSRegistry.ActionKind.Reset, "", tooManyEpochs());
    }

    function tooManyEpochs() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_TooManyEpochs.selector);
    }

    function test_Schedules() external {
        bytes memory data = abi.encode(OTHER_MEASUREMENT);
        uint64 executableAt = uint64(block.timestamp) + DELAY;
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ActionScheduled(1, ADD, executableAt, executableAt + 14 days, data);
        assertEq(schedule(ADD, data), 1);
        IKMSRegistry.Action memory action = registry.actionAt(1);
        assertEq(uint8(action.kind), uint8(ADD));
        assertEq(uint8(action.state), uint8(IKMSRegistry.ActionState.Scheduled));
        assertEq(action.executableAt, executableAt);
        assertEq(action.expiresAt, executableAt + 14 days);
        assertEq(action.data, data);
        assertFalse(registry.isApprovedMeasurement(OTHER_MEASUREMENT));
    }

    function test_ActionsAreNumbered() external {
        for (uint64 i = 1; i <= 3; i++) {
            assertEq(scheduleMeasurement(), i);
            assertEq(registry.actionCount(), i);
        }
    }

    // ------------------------------------------------------------------------------------------------ execute

    function test_RevertWhen_NonOwnerExecutes() external {
        uint64 id = scheduleMeasurement();
        vm.warp(block.timestamp + DELAY);
        address[2] memory callers = [stranger, guardian];
        for (uint256 i = 0; i < callers.length; i++) {
            vm.expectRevert(notOwner(callers[i]));
            vm.prank(callers[i]);
            registry.execute(id);
        }
    }

    function test_RevertWhen_ActionDoesNotExist() external {
        scheduleMeasurement();
        expectExecuteRevert(0, notScheduled(0, IKMSRegistry.ActionState.None));
        expectExecuteRevert(2, notScheduled(2, IKMSRegistry.ActionState.None));
    }

    function test_RevertWhen_Early() external {
        uint64 id = scheduleMeasurement();
        uint256 dueAt = block.timestamp + DELAY;
        bytes memory early = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ActionTooEarly.selector, id, dueAt);
        expectExecuteRevert(id, early);
        vm.warp(dueAt - 1);
        expectExecuteRevert(id, early);
        vm.warp(dueAt);
        execute(id);
        assertTrue(registry.isApprovedMeasurement(OTHER_MEASUREMENT));
    }

    function test_RevertWhen_Expired() external {
        uint64 id = scheduleMeasurement();
        uint256 expiresAt = block.timestamp + DELAY + 14 days;
        vm.warp(expiresAt);
        expectExecuteRevert(id, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ActionExpired.selector, id, expiresAt));
        vm.warp(expiresAt - 1);
        execute(id);
        assertTrue(registry.isApprovedMeasurement(OTHER_MEASUREMENT));
    }

    function test_RevertWhen_ExecutedTwice() external {
        uint64 id = scheduleMeasurement();
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ActionExecuted(id, ADD);
        execute(id);
        vm.prank(owner);
        registry.removeMeasurement(OTHER_MEASUREMENT);
        expectExecuteRevert(id, notScheduled(id, IKMSRegistry.ActionState.Executed));
        assertFalse(registry.isApprovedMeasurement(OTHER_MEASUREMENT));
    }

    function test_RevertWhen_Cancelled() external {
        uint64 id = scheduleMeasurement();
        vm.prank(guardian);
        registry.cancel(id);
        vm.warp(block.timestamp + DELAY);
        expectExecuteRevert(id, notScheduled(id, IKMSRegistry.ActionState.Cancelled));
    }

    function test_RevertWhen_NoLongerValid() external {
        activate(HASH_1);
        activate(HASH_2);
        activate(HASH_3);
        uint64 makeDefault = schedule(IKMSRegistry.ActionKind.SetDefaultEpoch, abi.encode(2));
        uint64 retire = schedule(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(2));
        uint64 first = scheduleMeasurement();
        uint64 second = scheduleMeasurement();
        uint64 reset = schedule(IKMSRegistry.ActionKind.Reset, "");
        uint64 resetAgain = schedule(IKMSRegistry.ActionKind.Reset, "");
        vm.warp(block.timestamp + DELAY);
        execute(makeDefault);
        expectExecuteRevert(retire, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_EpochInUse.selector, 2));
        execute(first);
        expectExecuteRevert(
            second, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_MeasurementKnown.selector, OTHER_MEASUREMENT)
        );
        execute(reset);
        expectExecuteRevert(resetAgain, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NothingToReset.selector));
        // A refused execution leaves the action as it was.
        assertEq(uint8(registry.actionAt(retire).state), uint8(IKMSRegistry.ActionState.Scheduled));
    }

    function test_ActionKeepsItsDelay() external {
        uint64 shorten = schedule(IKMSRegistry.ActionKind.SetDelay, abi.encode(DELAY_FLOOR));
        vm.warp(block.timestamp + DELAY - 1);
        uint64 old = scheduleMeasurement();
        uint256 oldAt = block.timestamp + DELAY;
        vm.warp(block.timestamp + 1);
        execute(shorten);
        vm.warp(block.timestamp + DELAY_FLOOR);
        expectExecuteRevert(old, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ActionTooEarly.selector, old, oldAt));
    }

    function test_SetsNovaAppRegistry() external {
        uint64 id = ready(IKMSRegistry.ActionKind.SetNovaAppRegistry, abi.encode(stranger));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.NovaAppRegistrySet(stranger);
        execute(id);
        assertEq(registry.novaAppRegistry(), stranger);
        vm.prank(stranger);
        registry.removeOperator(alice, appId, versionId, 1);
        assertFalse(registry.isOperator(alice));
        assertEq(registry.kmsAppId(), appId);
    }

    function test_AddsMeasurement() external {
        uint64 id = scheduleMeasurement();
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.MeasurementApproved(OTHER_MEASUREMENT);
        execute(id);
        assertEq(registry.approvedMeasurements().length, 2);
        assertEq(registry.approvedMeasurements()[1], OTHER_MEASUREMENT);
        assertTrue(registry.isApprovedMeasurement(OTHER_MEASUREMENT));
    }

    function test_SetsConfirmationTarget() external {
        uint64 id = ready(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(16));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ConfirmationTargetSet(16);
        execute(id);
        assertEq(registry.confirmationTarget(), 16);
    }

    function test_TargetVoidsNothingElse() external {
        activate(HASH_1);
        uint64 id = ready(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(3));
        vm.recordLogs();
        execute(id);
        // The action, and the rule: no word of a proposal that was activated before.
        assertEq(vm.getRecordedLogs().length, 2);
    }

    function test_TargetVoidsOpenProposal() external {
        propose(alice, HASH_1);
        uint64 id = ready(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(1));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalVoided(1);
        execute(id);
        assertFalse(registry.proposal().open);
        expireProposal();
        assertEq(registry.barredUntil(alice), 0, "bars nobody");
        propose(alice, HASH_2);
        assertEq(registry.masterSecretHash(), HASH_2);
    }

    function test_TargetSettlesExpiredProposal() external {
        propose(alice, HASH_1);
        expireProposal();
        uint64 until = registry.barredUntil(alice);
        uint64 id = ready(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(1));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalExpired(1, alice, until);
        execute(id);
        assertEq(registry.barredUntil(alice), until, "a rule change is no amnesty");
    }

    function test_SetsDefaultEpoch() external {
        activate(HASH_1);
        activate(HASH_2);
        uint64 id = ready(IKMSRegistry.ActionKind.SetDefaultEpoch, abi.encode(2));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.DefaultEpochSet(2);
        execute(id);
        assertEq(registry.defaultEpoch(), 2);
        assertEq(registry.masterSecretHash(), HASH_2);
    }

    function test_RetiresEpoch() external {
        activate(HASH_1);
        activate(HASH_2);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetDefaultEpoch, abi.encode(2));
        uint64 id = ready(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(1));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.EpochRetired(1);
        execute(id);
        assertTrue(registry.epochAt(1).retired);
        assertFalse(registry.epochAt(2).retired);
        assertEq(registry.epochAt(1).hash, HASH_1, "history stays");
        assertEq(registry.masterSecretHash(), HASH_2);
    }

    function test_Resets() external {
        activate(HASH_1);
        activate(HASH_2);
        vm.prank(owner);
        registry.requestRotation();
        propose(carol, HASH_3);
        uint64 id = schedule(IKMSRegistry.ActionKind.Reset, "");
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalVoided(3);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.DefaultEpochSet(0);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.RegistryReset(2);
        execute(id);
        assertEq(registry.masterSecretHash(), 0);
        assertEq(registry.defaultEpoch(), 0);
        assertEq(registry.epochCount(), 2);
        assertTrue(registry.epochAt(1).retired && registry.epochAt(2).retired);
        assertTrue(registry.nextEpochWanted());
        assertFalse(registry.proposal().open);
    }

    function test_ResetWantsAnEpoch() external {
        activate(HASH_1);
        assertFalse(registry.nextEpochWanted());
        scheduleAndExecute(IKMSRegistry.ActionKind.Reset, "");
        assertTrue(registry.nextEpochWanted());
    }

    function test_EpochAfterReset() external {
        activate(HASH_1);
        scheduleAndExecute(IKMSRegistry.ActionKind.Reset, "");
        activate(HASH_2);
        assertEq(registry.epochCount(), 2);
        assertEq(registry.masterSecretHash(), HASH_2);
        assertEq(registry.defaultEpoch(), 2);
        assertFalse(registry.nextEpochWanted());
        assertTrue(registry.epochAt(1).retired);
        assertFalse(registry.epochAt(2).retired);
        scheduleAndExecute(IKMSRegistry.ActionKind.Reset, "");
        assertTrue(registry.epochAt(2).retired, "a second reset");
    }

    function test_ResetsWithRoomForOneEpoch() external {
        activateEpochs(255);
        scheduleAndExecute(IKMSRegistry.ActionKind.Reset, "");
        activate(HASH_1);
        assertEq(registry.epochCount(), 256);
        assertEq(registry.defaultEpoch(), 256);
        assertFalse(registry.nextEpochWanted());
    }

    function test_RevertWhen_HistoryFilledBeforeReset() external {
        activateEpochs(255);
        uint64 id = ready(IKMSRegistry.ActionKind.Reset, "");
        activate(HASH_1);
        expectExecuteRevert(id, tooManyEpochs());
        assertEq(uint8(registry.actionAt(id).state), uint8(IKMSRegistry.ActionState.Scheduled));
        assertFalse(registry.nextEpochWanted());
        assertEq(registry.masterSecretHash(), HASH_1, "the last epoch serves on");
        assertEq(registry.defaultEpoch(), 1);
    }

    function test_ResetsDuringRotation() external {
        activate(HASH_1);
        vm.prank(owner);
        registry.requestRotation();
        scheduleAndExecute(IKMSRegistry.ActionKind.Reset, "");
        activate(HASH_2);
        assertEq(registry.masterSecretHash(), HASH_2);
        assertFalse(registry.nextEpochWanted());
    }

    function test_RevertWhen_ResetTwice() external {
        activate(HASH_1);
        scheduleAndExecute(IKMSRegistry.ActionKind.Reset, "");
        expectScheduleRevert(
            IKMSRegistry.ActionKind.Reset, "", abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NothingToReset.selector)
        );
    }

    function test_SetsGuardian() external {
        uint64 id = ready(IKMSRegistry.ActionKind.SetGuardian, abi.encode(stranger));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.GuardianSet(stranger);
        execute(id);
        assertEq(registry.guardian(), stranger);
        vm.expectRevert(neither(guardian));
        vm.prank(guardian);
        registry.pauseProposals();
    }

    function test_SetsDelay() external {
        uint64 id = ready(IKMSRegistry.ActionKind.SetDelay, abi.encode(DELAY_FLOOR));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.DelaySet(DELAY_FLOOR);
        execute(id);
        assertEq(registry.delay(), DELAY_FLOOR);
        assertEq(registry.actionAt(scheduleMeasurement()).executableAt, block.timestamp + DELAY_FLOOR);
    }

    function test_SetsProposalBlocks() external {
        uint64 id = ready(IKMSRegistry.ActionKind.SetProposalBlocks, abi.encode(7));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalBlocksSet(7);
        execute(id);
        assertEq(registry.proposalBlocks(), 7);
        propose(alice, HASH_1);
        assertEq(registry.proposal().expiresAtBlock, block.number + 7);
    }

    function test_SetsRotationInterval() external {
        uint64 id = ready(IKMSRegistry.ActionKind.SetRotationInterval, abi.encode(5));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.RotationIntervalSet(5);
        execute(id);
        assertEq(registry.rotationInterval(), 5);
        activate(HASH_1);
        vm.roll(block.number + 5);
        vm.prank(stranger);
        registry.requestRotation();
        assertTrue(registry.nextEpochWanted());
    }

    // ------------------------------------------------------------------------------------------------ cancel

    function test_RevertWhen_StrangerCancels() external {
        uint64 id = scheduleMeasurement();
        vm.expectRevert(neither(stranger));
        vm.prank(stranger);
        registry.cancel(id);
        assertEq(uint8(registry.actionAt(id).state), uint8(IKMSRegistry.ActionState.Scheduled));
    }

    function test_RevertWhen_NothingToCancel() external {
        vm.startPrank(owner);
        vm.expectRevert(notScheduled(0, IKMSRegistry.ActionState.None));
        registry.cancel(0);
        vm.expectRevert(notScheduled(1, IKMSRegistry.ActionState.None));
        registry.cancel(1);
        uint64 id = registry.schedule(ADD, abi.encode(OTHER_MEASUREMENT));
        registry.cancel(id);
        vm.expectRevert(notScheduled(id, IKMSRegistry.ActionState.Cancelled));
        registry.cancel(id);
        id = registry.schedule(ADD, abi.encode(OTHER_MEASUREMENT));
        vm.warp(block.timestamp + DELAY);
        registry.execute(id);
        vm.expectRevert(notScheduled(id, IKMSRegistry.ActionState.Executed));
        registry.cancel(id);
    }

    function test_RevertWhen_GuardianCancelsItsReplacement() external {
        uint64 id = schedule(IKMSRegistry.ActionKind.SetGuardian, abi.encode(stranger));
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_GuardianCannotCancel.selector, id));
        vm.prank(guardian);
        registry.cancel(id);
        vm.prank(owner);
        registry.cancel(id);
        assertEq(uint8(registry.actionAt(id).state), uint8(IKMSRegistry.ActionState.Cancelled));
    }

    function test_OwnerCancels() external {
        uint64 id = scheduleMeasurement();
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ActionCancelled(id, ADD, owner);
        vm.prank(owner);
        registry.cancel(id);
        assertEq(uint8(registry.actionAt(id).state), uint8(IKMSRegistry.ActionState.Cancelled));
    }

    function test_GuardianCancels() external {
        activate(HASH_1);
        activate(HASH_2);
        activate(HASH_3);
        bytes32 codeHash = address(apps).codehash;
        bytes[13] memory data;
        data[uint8(IKMSRegistry.ActionKind.Upgrade)] = abi.encode(address(apps), codeHash, "");
        data[uint8(IKMSRegistry.ActionKind.SetNovaAppRegistry)] = abi.encode(stranger);
        data[uint8(ADD)] = abi.encode(OTHER_MEASUREMENT);
        data[uint8(IKMSRegistry.ActionKind.RemoveMeasurement)] = abi.encode(MEASUREMENT);
        data[uint8(IKMSRegistry.ActionKind.SetConfirmationTarget)] = abi.encode(3);
        data[uint8(IKMSRegistry.ActionKind.SetDefaultEpoch)] = abi.encode(2);
        data[uint8(IKMSRegistry.ActionKind.RetireEpoch)] = abi.encode(2);
        data[uint8(IKMSRegistry.ActionKind.SetDelay)] = abi.encode(DELAY_FLOOR);
        data[uint8(IKMSRegistry.ActionKind.SetProposalBlocks)] = abi.encode(7);
        data[uint8(IKMSRegistry.ActionKind.SetRotationInterval)] = abi.encode(7);
        assertEq(data.length, uint256(type(IKMSRegistry.ActionKind).max) + 1, "every kind");
        for (uint8 i = 1; i < data.length; i++) {
            IKMSRegistry.ActionKind kind = IKMSRegistry.ActionKind(i);
            if (kind == IKMSRegistry.ActionKind.SetGuardian) continue;
            uint64 id = schedule(kind, data[i]);
            vm.expectEmit(address(registry));
            emit IKMSRegistry.ActionCancelled(id, kind, guardian);
            vm.prank(guardian);
            registry.cancel(id);
            vm.warp(block.timestamp + DELAY);
            expectExecuteRevert(id, notScheduled(id, IKMSRegistry.ActionState.Cancelled));
        }
    }

    // ------------------------------------------------------------------------------------------------ pausing

    function test_RevertWhen_StrangerPauses() external {
        vm.expectRevert(neither(stranger));
        vm.prank(stranger);
        registry.pauseProposals();
    }

    function test_RevertWhen_PausedTwice() external {
        vm.prank(guardian);
        registry.pauseProposals();
        vm.expectRevert(IKMSRegistry.KMSRegistry_ProposalsPaused.selector);
        vm.prank(owner);
        registry.pauseProposals();
    }

    function test_Pauses() external {
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalsPaused(guardian);
        vm.prank(guardian);
        registry.pauseProposals();
        assertTrue(registry.proposalsPaused());
        vm.startPrank(owner);
        registry.unpauseProposals();
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalsPaused(owner);
        registry.pauseProposals();
        assertTrue(registry.proposalsPaused());
    }

    function test_RevertWhen_GuardianUnpauses() external {
        vm.startPrank(guardian);
        registry.pauseProposals();
        vm.expectRevert(notOwner(guardian));
        registry.unpauseProposals();
        assertTrue(registry.proposalsPaused());
    }

    function test_RevertWhen_NothingIsPaused() external {
        vm.expectRevert(IKMSRegistry.KMSRegistry_ProposalsNotPaused.selector);
        vm.prank(owner);
        registry.unpauseProposals();
    }

    function test_Unpauses() external {
        vm.startPrank(owner);
        registry.pauseProposals();
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalsUnpaused(owner);
        registry.unpauseProposals();
        vm.stopPrank();
        propose(alice, HASH_1);
        assertTrue(registry.proposal().open);
    }

    // ------------------------------------------------------------------------------------------------ powers

    function test_GuardianCanDoNothingElse() external {
        activate(HASH_1);
        uint64 id = scheduleMeasurement();
        vm.warp(block.timestamp + DELAY);
        bytes memory refused = notOwner(guardian);
        vm.startPrank(guardian);
        vm.expectRevert(refused);
        registry.schedule(ADD, abi.encode(OTHER_MEASUREMENT));
        vm.expectRevert(refused);
        registry.execute(id);
        vm.expectRevert(refused);
        registry.unpauseProposals();
        vm.expectRevert(refused);
        registry.removeMeasurement(MEASUREMENT);
        vm.expectRevert(refused);
        registry.liftSuspension(MEASUREMENT);
        vm.expectRevert(refused);
        registry.setKmsAppId(7);
        vm.expectRevert(refused);
        registry.transferOwnership(guardian);
        vm.expectPartialRevert(IKMSRegistry.KMSRegistry_RotationTooEarly.selector);
        registry.requestRotation();
        vm.expectPartialRevert(IKMSRegistry.KMSRegistry_UpgradeNotScheduled.selector);
        registry.upgradeToAndCall(address(apps), "");
    }

    function test_OwnershipMovesInTwoSteps() external {
        vm.prank(owner);
        registry.transferOwnership(stranger);
        assertEq(registry.owner(), owner);
        assertEq(registry.pendingOwner(), stranger);
        vm.expectRevert(notOwner(guardian));
        vm.prank(guardian);
        registry.acceptOwnership();
        vm.prank(stranger);
        registry.acceptOwnership();
        assertEq(registry.owner(), stranger);
        vm.expectRevert(notOwner(owner));
        vm.prank(owner);
        registry.unpauseProposals();
    }

    function test_RevertWhen_OwnershipIsRenounced() external {
        vm.expectRevert(IKMSRegistry.KMSRegistry_OwnershipCannotBeRenounced.selector);
        vm.prank(owner);
        registry.renounceOwnership();
        assertEq(registry.owner(), owner);
    }

    function test_RevertWhen_ReadingUnknownAction() external {
        vm.expectRevert(notScheduled(0, IKMSRegistry.ActionState.None));
        registry.actionAt(0);
        vm.expectRevert(notScheduled(1, IKMSRegistry.ActionState.None));
        registry.actionAt(1);
    }
}

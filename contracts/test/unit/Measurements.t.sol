// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";

contract MeasurementsTest is RegistryTest {
    IKMSRegistry.ActionKind private constant REMOVE = IKMSRegistry.ActionKind.RemoveMeasurement;

    function setUpWith(uint256 count) private {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.measurements = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            params.measurements[i] = bytes32(i + 1);
        }
        registry = deployProxy(new KMSRegistry(), params);
    }

    function approveOther() private {
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
    }

    function expectUnknown(bytes32 measurement) private {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_MeasurementUnknown.selector, measurement));
    }

    function expectNotOwner(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(OwnableUpgradeable.OwnableUnauthorizedAccount.selector, caller));
        vm.prank(caller);
    }

    function expectLast(bytes32 measurement) private {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_LastMeasurement.selector, measurement));
        vm.prank(owner);
    }

    function assertNothingIsUsable() private view {
        assertEq(registry.approvedMeasurements().length, 0);
        assertEq(registry.nodeState().approvedMeasurements.length, 0);
        assertFalse(registry.isApprovedMeasurement(MEASUREMENT));
        assertFalse(registry.isEligible(alice));
        assertFalse(registry.isMember(alice));
    }

    // ------------------------------------------------------------------------------------------------ suspend

    function test_RevertWhen_StrangerSuspends() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotOwnerOrGuardian.selector, stranger));
        vm.prank(stranger);
        registry.suspendMeasurement(MEASUREMENT);
        assertTrue(registry.isEligible(alice));
    }

    function test_RevertWhen_UnknownMeasurementIsSuspended() external {
        expectUnknown(OTHER_MEASUREMENT);
        vm.prank(guardian);
        registry.suspendMeasurement(OTHER_MEASUREMENT);
    }

    function test_RevertWhen_SuspendedTwice() external {
        suspend(MEASUREMENT);
        vm.expectRevert(IKMSRegistry.KMSRegistry_MeasurementSuspended.selector);
        vm.prank(owner);
        registry.suspendMeasurement(MEASUREMENT);
    }

    function test_SuspendsTheLastUsable() external {
        address[2] memory callers = [guardian, owner];
        for (uint256 i = 0; i < callers.length; i++) {
            vm.expectEmit(address(registry));
            emit IKMSRegistry.MeasurementSuspended(MEASUREMENT, callers[i]);
            vm.prank(callers[i]);
            registry.suspendMeasurement(MEASUREMENT);
            assertNothingIsUsable();
            assertEq(registry.suspendedMeasurements().length, 1);
            assertEq(registry.suspendedMeasurements()[0], MEASUREMENT);
            vm.prank(owner);
            registry.liftSuspension(MEASUREMENT);
        }
    }

    function test_SuspensionStopsProposalsAndConfirmations() external {
        propose(alice, HASH_1);
        suspend(MEASUREMENT);
        IKMSRegistry.Proposal memory p = registry.proposal();
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, bob));
        vm.prank(bob);
        registry.confirmMasterSecret(p.id, p.hash);
        expireProposal();
        expectProposeRevert(bob, HASH_2, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, bob));
        vm.prank(owner);
        registry.liftSuspension(MEASUREMENT);
        propose(bob, HASH_2);
        confirm(carol);
        assertEq(registry.masterSecretHash(), HASH_2);
    }

    function test_SuspensionDropsConfirmations() external {
        approveOther();
        address dave = makeAddr("dave");
        register(dave, apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT));
        propose(alice, HASH_1);
        suspend(MEASUREMENT);
        confirm(dave);
        assertTrue(registry.proposal().open, "alice's confirmation was dropped");
        assertEq(registry.confirmers(1).length, 1);
        assertEq(registry.epochCount(), 0);
    }

    // ------------------------------------------------------------------------------------------------ lift

    function test_RevertWhen_OtherThanOwnerLifts() external {
        suspend(MEASUREMENT);
        expectNotOwner(guardian);
        registry.liftSuspension(MEASUREMENT);
        expectNotOwner(stranger);
        registry.liftSuspension(MEASUREMENT);
        assertNothingIsUsable();
    }

    function test_RevertWhen_LiftingWhatIsNotSuspended() external {
        bytes32[2] memory measurements = [MEASUREMENT, OTHER_MEASUREMENT];
        for (uint256 i = 0; i < measurements.length; i++) {
            expectUnknown(measurements[i]);
            vm.prank(owner);
            registry.liftSuspension(measurements[i]);
        }
        assertEq(registry.approvedMeasurements().length, 1);
    }

    function test_LiftsAtOnce() external {
        suspend(MEASUREMENT);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.SuspensionLifted(MEASUREMENT);
        vm.prank(owner);
        registry.liftSuspension(MEASUREMENT);
        assertTrue(registry.isApprovedMeasurement(MEASUREMENT));
        assertEq(registry.approvedMeasurements()[0], MEASUREMENT);
        assertEq(registry.suspendedMeasurements().length, 0);
        assertTrue(registry.isEligible(alice));
        assertTrue(registry.isOperator(alice));
    }

    // ------------------------------------------------------------------------------------------------ remove

    function test_RevertWhen_StrangerRemovesMeasurement() external {
        approveOther();
        expectNotOwner(guardian);
        registry.removeMeasurement(MEASUREMENT);
    }

    function test_RevertWhen_UnknownMeasurementIsRemoved() external {
        expectUnknown(OTHER_MEASUREMENT);
        vm.prank(owner);
        registry.removeMeasurement(OTHER_MEASUREMENT);
        vm.prank(owner);
        expectUnknown(OTHER_MEASUREMENT);
        registry.schedule(REMOVE, abi.encode(OTHER_MEASUREMENT));
    }

    function test_RemovesMeasurement() external {
        approveOther();
        vm.expectEmit(address(registry));
        emit IKMSRegistry.MeasurementRemoved(MEASUREMENT);
        vm.prank(owner);
        registry.removeMeasurement(MEASUREMENT);
        assertFalse(registry.isApprovedMeasurement(MEASUREMENT));
        assertEq(registry.approvedMeasurements().length, 1);
        assertFalse(registry.isMember(alice));
    }

    function test_RemovesSuspendedWhileAnotherIsUsable() external {
        approveOther();
        suspend(MEASUREMENT);
        vm.prank(owner);
        registry.removeMeasurement(MEASUREMENT);
        assertEq(registry.suspendedMeasurements().length, 0);
        // Removed is not suspended: it comes back by schedule only.
        expectUnknown(MEASUREMENT);
        vm.prank(owner);
        registry.liftSuspension(MEASUREMENT);
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(MEASUREMENT));
        assertTrue(registry.isEligible(alice));
    }

    function test_RevertWhen_LastUsableIsRemovedAtOnce() external {
        expectLast(MEASUREMENT);
        registry.removeMeasurement(MEASUREMENT);
        // The same when the only others are suspended.
        approveOther();
        suspend(OTHER_MEASUREMENT);
        expectLast(MEASUREMENT);
        registry.removeMeasurement(MEASUREMENT);
        assertTrue(registry.isEligible(alice));
    }

    function test_RevertWhen_RemovingSuspendedLeavesNoneUsable() external {
        // Suspended first, then removed: two calls must not do what one may not.
        suspend(MEASUREMENT);
        expectLast(MEASUREMENT);
        registry.removeMeasurement(MEASUREMENT);
        assertEq(registry.suspendedMeasurements()[0], MEASUREMENT);
    }

    function test_RemovesTheLastBySchedule() external {
        uint64 id = ready(REMOVE, abi.encode(MEASUREMENT));
        vm.expectEmit(address(registry));
        emit IKMSRegistry.MeasurementRemoved(MEASUREMENT);
        execute(id);
        assertNothingIsUsable();
        assertEq(registry.suspendedMeasurements().length, 0);
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(MEASUREMENT));
        assertTrue(registry.isEligible(alice));
    }

    function test_RemovesSuspendedBySchedule() external {
        uint64 id = ready(REMOVE, abi.encode(MEASUREMENT));
        suspend(MEASUREMENT);
        execute(id);
        assertNothingIsUsable();
        assertEq(registry.suspendedMeasurements().length, 0);
        // Nothing is left to remove a second time.
        vm.prank(owner);
        expectUnknown(MEASUREMENT);
        registry.schedule(REMOVE, abi.encode(MEASUREMENT));
    }

    // ------------------------------------------------------------------------------------------------ all together

    function test_SuspendedCountTowardsTheBound() external {
        setUpWith(16);
        suspend(bytes32(uint256(3)));
        vm.expectRevert(IKMSRegistry.KMSRegistry_TooManyMeasurements.selector);
        vm.prank(owner);
        registry.schedule(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        vm.prank(owner);
        registry.liftSuspension(bytes32(uint256(3)));
        assertEq(registry.approvedMeasurements().length, 16);
    }

    function test_RevertWhen_AddingASuspendedMeasurement() external {
        suspend(MEASUREMENT);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_MeasurementKnown.selector, MEASUREMENT));
        vm.prank(owner);
        registry.schedule(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(MEASUREMENT));
    }

    function testFuzz_RemovingMeasurementsKeepsTheOthers(uint256 count, uint256 seed) external {
        count = bound(count, 2, 16);
        setUpWith(count);
        bytes32 removed = bytes32(seed % count + 1);
        vm.prank(owner);
        registry.removeMeasurement(removed);
        bytes32[] memory left = registry.approvedMeasurements();
        assertEq(left.length, count - 1);
        uint256 sum = uint256(removed);
        for (uint256 i = 0; i < left.length; i++) {
            assertTrue(left[i] != removed && registry.isApprovedMeasurement(left[i]));
            sum += uint256(left[i]);
        }
        assertEq(sum, count * (count + 1) / 2, "each of the others once");
        // What was moved can still be removed.
        for (uint256 i = 1; i < left.length; i++) {
            vm.prank(owner);
            registry.removeMeasurement(left[i]);
        }
        assertEq(registry.approvedMeasurements().length, 1);
        assertTrue(registry.isApprovedMeasurement(left[0]));
    }

    /// @dev Each measurement is approved, suspended or unknown, in exactly one list or none, whatever was done.
    function testFuzz_ListsMatchModel(uint8[40] calldata moves) external {
        setUpWith(4);
        uint8[5] memory state = [0, 1, 1, 1, 1]; // 0 unknown, 1 approved, 2 suspended
        vm.startPrank(owner);
        for (uint256 i = 0; i < moves.length; i++) {
            uint256 which = moves[i] % 4 + 1;
            bytes32 measurement = bytes32(which);
            uint256 usable = registry.approvedMeasurements().length;
            uint8 move = moves[i] / 4 % 3;
            bool allowed = move == 0
                ? state[which] == 1
                : move == 1 ? state[which] == 2 : state[which] != 0 && usable > (state[which] == 1 ? 1 : 0);
            bytes memory data = move == 0
                ? abi.encodeCall(IKMSRegistry.suspendMeasurement, (measurement))
                : move == 1
                    ? abi.encodeCall(IKMSRegistry.liftSuspension, (measurement))
                    : abi.encodeCall(IKMSRegistry.removeMeasurement, (measurement));
            (bool ok,) = address(registry).call(data);
            assertEq(ok, allowed);
            if (ok) state[which] = move == 0 ? 2 : move == 1 ? 1 : 0;
            assertLists(state);
        }
    }

    function assertLists(uint8[5] memory state) private view {
        bytes32[] memory approved = registry.approvedMeasurements();
        bytes32[] memory suspended = registry.suspendedMeasurements();
        uint256[5] memory seen;
        for (uint256 i = 0; i < approved.length; i++) {
            seen[uint256(approved[i])] += 1;
        }
        for (uint256 i = 0; i < suspended.length; i++) {
            seen[uint256(suspended[i])] += 2;
        }
        for (uint256 which = 1; which <= 4; which++) {
            assertEq(seen[which], state[which]);
            assertEq(registry.isApprovedMeasurement(bytes32(which)), state[which] == 1);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";

/// @notice With a confirmation target of 1 one member decides alone: Mallory activated epochs 2 and 3 and hands their
///         secrets to nobody. Everybody holds epoch 1, the default. `docs/contracts.md` tells the cure; here it is run.
contract GriefedEpochsTest is RegistryTest {
    address private mallory = makeAddr("mallory");
    bytes32 private constant GOOD = keccak256("held by all");

    function setUp() public override {
        super.setUp();
        register(mallory);
        propose(alice, HASH_1);
        rotateBy(owner);
        propose(mallory, HASH_2);
        // With a rotation interval she need not even wait for the owner.
        vm.roll(block.number + ROTATION_INTERVAL);
        rotateBy(mallory);
        propose(mallory, HASH_3);
        assertEq(registry.epochCount(), 3);
        assertEq(registry.defaultEpoch(), 1);
    }

    function defaultParams() internal view override returns (IKMSRegistry.InitParams memory params) {
        params = super.defaultParams();
        params.confirmationTarget = 1;
    }

    function rotateBy(address who) private {
        vm.prank(who);
        registry.requestRotation();
    }

    function test_TheCure() external {
        // At once: no further epoch of hers.
        vm.prank(guardian);
        registry.pauseProposals();
        // On the platform, at once: her instance ends, and with it her rights.
        stop(mallory);
        // One delay: from now on several must hold a secret. Epoch 2 can go with it, since it is neither default nor
        // current.
        uint64 target = schedule(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(2));
        uint64 second = schedule(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(2));
        vm.warp(block.timestamp + DELAY);
        execute(target);
        execute(second);
        // At once: the next epoch, by honest members, which makes epoch 3 the current one no longer.
        vm.prank(owner);
        registry.unpauseProposals();
        rotateBy(owner);
        propose(alice, GOOD);
        confirm(bob);
        assertEq(registry.masterSecretHash(), GOOD);
        // A second delay: the other bad epoch.
        scheduleAndExecute(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(3));
        assertEq(registry.epochCount(), 4);
        assertEq(registry.defaultEpoch(), 1);
        assertFalse(registry.epochAt(1).retired);
        assertTrue(registry.epochAt(2).retired);
        assertTrue(registry.epochAt(3).retired);
        assertFalse(registry.epochAt(4).retired);
        assertEq(registry.epochAt(4).confirmations, 2);
    }

    function test_PauseStopsTheGriefer() external {
        vm.prank(guardian);
        registry.pauseProposals();
        vm.roll(block.number + ROTATION_INTERVAL);
        rotateBy(mallory);
        expectProposeRevert(mallory, GOOD, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ProposalsPaused.selector));
        assertEq(registry.epochCount(), 3);
    }

    function test_RotatingFirstOnlyFeedsTheGriefer() external {
        rotateBy(owner);
        propose(mallory, keccak256("a third one"));
        assertEq(registry.epochCount(), 4);
        assertEq(registry.epochAt(4).proposer, mallory);
    }

    function test_RevertWhen_RetiringTheCurrentEpochFirst() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_EpochInUse.selector, 3));
        vm.prank(owner);
        registry.schedule(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(3));
        // Neither does a rotation that is merely requested make room.
        rotateBy(owner);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_EpochInUse.selector, 3));
        vm.prank(owner);
        registry.schedule(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(3));
    }

    function test_SuspensionIsTheBluntBrake() external {
        rotateBy(owner);
        vm.prank(guardian);
        registry.suspendMeasurement(MEASUREMENT);
        expectProposeRevert(
            mallory, GOOD, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, mallory)
        );
        expectProposeRevert(alice, GOOD, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, alice));
        stop(mallory);
        vm.prank(owner);
        registry.liftSuspension(MEASUREMENT);
        propose(alice, GOOD);
        assertEq(registry.masterSecretHash(), GOOD);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";

contract EpochsTest is RegistryTest {
    // ------------------------------------------------------------------------------------------------ rotation

    function test_RevertWhen_EpochIsWantedAlready() external {
        vm.expectRevert(IKMSRegistry.KMSRegistry_EpochAlreadyWanted.selector);
        vm.prank(owner);
        registry.requestRotation();
        activate(HASH_1);
        vm.startPrank(owner);
        registry.requestRotation();
        vm.expectRevert(IKMSRegistry.KMSRegistry_EpochAlreadyWanted.selector);
        registry.requestRotation();
    }

    function test_ActivatesThe256thEpoch() external {
        activateEpochs(255);
        activate(HASH_1);
        assertEq(registry.epochCount(), 256);
        assertEq(registry.masterSecretHash(), HASH_1);
        assertEq(registry.epochsPage(1, registry.MAX_EPOCHS()).length, 256);
        assertFalse(registry.nextEpochWanted());
    }

    function test_RevertWhen_RotatingAFullHistory() external {
        activateEpochs(256);
        vm.roll(block.number + ROTATION_INTERVAL);
        address[2] memory callers = [owner, stranger];
        for (uint256 i = 0; i < callers.length; i++) {
            vm.expectRevert(IKMSRegistry.KMSRegistry_TooManyEpochs.selector);
            vm.prank(callers[i]);
            registry.requestRotation();
        }
        assertFalse(registry.nextEpochWanted());
        expectProposeRevert(alice, HASH_1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NoEpochWanted.selector));
    }

    function test_OwnerRequestsRotation() external {
        activate(HASH_1);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.RotationRequested(2, owner);
        vm.prank(owner);
        registry.requestRotation();
        assertTrue(registry.nextEpochWanted());
        assertEq(registry.masterSecretHash(), HASH_1, "the current epoch serves on");
        propose(carol, HASH_2);
        confirm(bob);
        assertEq(registry.epochCount(), 2);
        assertEq(registry.masterSecretHash(), HASH_2);
        assertFalse(registry.nextEpochWanted());
    }

    function test_RevertWhen_NoIntervalIsSet() external {
        activate(HASH_1);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetRotationInterval, abi.encode(uint64(0)));
        vm.roll(block.number + 1_000_000);
        vm.expectRevert(IKMSRegistry.KMSRegistry_RotationOnlyByOwner.selector);
        vm.prank(stranger);
        registry.requestRotation();
    }

    function test_RevertWhen_IntervalHasNotPassed() external {
        activate(HASH_1);
        uint256 due = block.number + ROTATION_INTERVAL;
        vm.roll(due - 1);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_RotationTooEarly.selector, due));
        vm.prank(stranger);
        registry.requestRotation();
    }

    function test_AnyoneRequestsRotationAfterInterval() external {
        activate(HASH_1);
        vm.roll(block.number + ROTATION_INTERVAL);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.RotationRequested(2, stranger);
        vm.prank(stranger);
        registry.requestRotation();
        assertTrue(registry.nextEpochWanted());
    }

    // ------------------------------------------------------------------------------------------------ reading

    function test_RevertWhen_EpochDoesNotExist() external {
        activate(HASH_1);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NoSuchEpoch.selector, 0));
        registry.epochAt(0);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NoSuchEpoch.selector, 2));
        registry.epochAt(2);
    }

    function test_RevertWhen_PageStartsAtZero() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NoSuchEpoch.selector, 0));
        registry.epochsPage(0, 10);
    }

    function testFuzz_PageIsSliceOfHistory(uint64 from, uint64 limit) external {
        activate(HASH_1);
        activate(HASH_2);
        activate(HASH_3);
        from = uint64(bound(from, 1, 6));
        limit = limit % 2 == 0 ? limit % 6 : type(uint64).max - limit % 6;
        IKMSRegistry.EpochRecord[] memory page = registry.epochsPage(from, limit);
        uint64 left = from <= 3 ? 4 - from : 0;
        assertEq(page.length, left < limit ? left : limit);
        for (uint64 i = 0; i < page.length; i++) {
            assertEq(abi.encode(page[i]), abi.encode(registry.epochAt(from + i)));
        }
    }

    function test_NodeStateIsEveryView() external {
        activate(HASH_1);
        assertNodeState();
        vm.prank(owner);
        registry.requestRotation();
        propose(carol, HASH_2);
        vm.prank(guardian);
        registry.pauseProposals();
        assertNodeState();
        assertTrue(registry.nodeState().proposal.open);
        expireProposal();
        assertNodeState();
        assertFalse(registry.nodeState().proposal.open);
    }

    function assertNodeState() private view {
        IKMSRegistry.NodeState memory state = registry.nodeState();
        assertEq(state.kmsAppId, registry.kmsAppId());
        assertEq(state.novaAppRegistry, registry.novaAppRegistry());
        assertEq(state.epochCount, registry.epochCount());
        assertEq(state.defaultEpoch, registry.defaultEpoch());
        assertEq(state.nextEpochWanted, registry.nextEpochWanted());
        assertEq(state.proposalsPaused, registry.proposalsPaused());
        assertEq(state.confirmationTarget, registry.confirmationTarget());
        assertEq(state.proposalBlocks, registry.proposalBlocks());
        assertEq(abi.encode(state.proposal), abi.encode(registry.proposal()));
        assertEq(abi.encode(state.approvedMeasurements), abi.encode(registry.approvedMeasurements()));
        assertEq(state.approvedMeasurements.length, 1);
    }
}

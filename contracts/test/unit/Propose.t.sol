// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";

contract ProposeTest is RegistryTest {
    function test_RevertWhen_EpochIsNotTheNext() external {
        // The loser of the race for epoch 1, mined when the next epoch is wanted: its node destroyed that secret long ago.
        activate(HASH_1);
        vm.prank(owner);
        registry.requestRotation();
        bytes memory wrong = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongEpoch.selector, 1, 2);
        vm.expectRevert(wrong);
        vm.prank(carol);
        registry.proposeMasterSecret(HASH_2, 1);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongEpoch.selector, 3, 2));
        vm.prank(carol);
        registry.proposeMasterSecret(HASH_2, 3);
        assertFalse(registry.proposal().open);
        propose(carol, HASH_2);
        assertEq(registry.proposal().epoch, 2);
    }

    function test_RevertWhen_HashIsZero() external {
        expectProposeRevert(alice, 0, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ZeroHash.selector));
    }

    function test_RevertWhen_Paused() external {
        vm.prank(guardian);
        registry.pauseProposals();
        expectProposeRevert(alice, HASH_1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ProposalsPaused.selector));
        assertEq(registry.proposal().id, 0);
    }

    function test_RevertWhen_NoEpochIsWanted() external {
        activate(HASH_1);
        expectProposeRevert(carol, HASH_2, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NoEpochWanted.selector));
    }

    function test_RevertWhen_ProposalIsOpen() external {
        propose(alice, HASH_1);
        expectProposeRevert(bob, HASH_2, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ProposalOpen.selector, 1));
        assertEq(registry.proposal().hash, HASH_1);
    }

    function test_RevertWhen_ProposerIsBarred() external {
        propose(alice, HASH_1);
        expireProposal();
        uint64 until = registry.barredUntil(alice);
        expectProposeRevert(
            alice, HASH_2, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_Barred.selector, alice, until)
        );
        vm.roll(until - 1);
        expectProposeRevert(
            alice, HASH_2, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_Barred.selector, alice, until)
        );
        vm.roll(until);
        propose(alice, HASH_2);
        assertTrue(registry.proposal().open);
    }

    function test_RevertWhen_HashExpired() external {
        propose(alice, HASH_1);
        expireProposal();
        expectProposeRevert(bob, HASH_1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_HashKnown.selector, HASH_1));
    }

    function test_RevertWhen_HashWasVoided() external {
        propose(alice, HASH_1);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(uint32(3)));
        expectProposeRevert(alice, HASH_1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_HashKnown.selector, HASH_1));
    }

    function test_RevertWhen_HashWasAnEpoch() external {
        activate(HASH_1);
        vm.prank(owner);
        registry.requestRotation();
        bytes memory known = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_HashKnown.selector, HASH_1);
        expectProposeRevert(carol, HASH_1, known);
        scheduleAndExecute(IKMSRegistry.ActionKind.Reset, "");
        expectProposeRevert(carol, HASH_1, known);
    }

    function test_RevertWhen_ProposerIsNotEligible() external {
        expectProposeRevert(
            stranger, HASH_1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, stranger)
        );
        stop(alice);
        expectProposeRevert(alice, HASH_1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, alice));
    }

    function test_OpensProposal() external {
        uint64 expiresAt = uint64(block.number) + PROPOSAL_BLOCKS;
        vm.expectEmit(address(registry));
        emit IKMSRegistry.SecretProposed(1, 1, alice, HASH_1, expiresAt);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.SecretConfirmed(1, alice, 1);
        propose(alice, HASH_1);

        IKMSRegistry.Proposal memory p = registry.proposal();
        assertEq(p.id, 1);
        assertEq(p.epoch, 1);
        assertEq(p.hash, HASH_1);
        assertEq(p.proposer, alice);
        assertEq(p.proposedAtBlock, block.number);
        assertEq(p.expiresAtBlock, expiresAt);
        assertEq(p.confirmations, 1);
        assertTrue(p.open);
        assertTrue(registry.hasConfirmed(1, alice));
        assertFalse(registry.hasConfirmed(1, bob));
        assertEq(registry.confirmers(1).length, 1);
        assertEq(registry.epochCount(), 0);
        assertEq(registry.masterSecretHash(), 0);
        assertTrue(registry.nextEpochWanted());
    }

    function test_ListDoesNotMatter() external {
        vm.prank(address(apps));
        registry.removeOperator(alice, appId, versionId, 1);
        propose(alice, HASH_1);
        assertEq(registry.proposal().proposer, alice);
    }

    function test_ActivatesAtOnceWithTargetOne() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.confirmationTarget = 1;
        registry = deployProxy(new KMSRegistry(), params);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.EpochActivated(1, HASH_1, 1, alice, 1);
        propose(alice, HASH_1);
        assertEq(registry.masterSecretHash(), HASH_1);
        assertFalse(registry.proposal().open);
        assertFalse(registry.nextEpochWanted());
    }

    function test_ExpiresAtItsBlock() external {
        propose(alice, HASH_1);
        vm.roll(registry.proposal().expiresAtBlock - 1);
        assertTrue(registry.proposal().open);
        assertEq(registry.barredUntil(alice), 0);
        expireProposal();
        assertFalse(registry.proposal().open);
        assertGt(registry.barredUntil(alice), block.number);
    }

    function test_ExpiryBarsProposer() external {
        propose(alice, HASH_1);
        expireProposal();
        uint64 until = uint64(block.number) + PROPOSAL_BLOCKS;
        assertEq(registry.barredUntil(alice), until, "before it is written down");
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ProposalExpired(1, alice, until);
        propose(bob, HASH_2);
        assertEq(registry.barredUntil(alice), until, "after");
        assertEq(registry.proposal().id, 2);
    }

    function test_ExpiryBarsNobodyElse() external {
        propose(alice, HASH_1);
        expireProposal();
        assertEq(registry.barredUntil(bob), 0);
        propose(bob, HASH_2);
        confirm(alice);
        assertEq(registry.masterSecretHash(), HASH_2, "a barred proposer may still confirm");
    }

    function test_BarsDouble() external {
        for (uint256 k = 0; k < 11; k++) {
            propose(alice, keccak256(abi.encode("griefing", k)));
            expireProposal();
            uint256 lives = k < 8 ? 2 ** k : 256;
            assertEq(registry.barredUntil(alice) - block.number, PROPOSAL_BLOCKS * lives);
            vm.roll(registry.barredUntil(alice));
        }
    }

    function test_BarDoesNotDependOnSettling() external {
        propose(alice, HASH_1);
        expireProposal();
        uint64 until = registry.barredUntil(alice);
        // Neither time nor another life of proposals changes what an expired one costs.
        vm.roll(block.number + 3);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetProposalBlocks, abi.encode(uint64(7)));
        assertEq(registry.barredUntil(alice), until);
        propose(bob, HASH_2);
        assertEq(registry.barredUntil(alice), until);
        assertEq(registry.proposal().expiresAtBlock, block.number + 7);
    }

    function test_ActivationClearsBar() external {
        propose(alice, HASH_1);
        expireProposal();
        vm.roll(registry.barredUntil(alice));
        propose(alice, HASH_2);
        confirm(bob);
        assertEq(registry.barredUntil(alice), 0);
        vm.prank(owner);
        registry.requestRotation();
        propose(alice, HASH_3);
        expireProposal();
        assertEq(registry.barredUntil(alice) - block.number, PROPOSAL_BLOCKS, "the first strike again");
    }

    function test_RaceEndsWithOneSecret() external {
        propose(alice, HASH_1);
        expectProposeRevert(bob, HASH_2, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ProposalOpen.selector, 1));
        confirm(bob);
        assertEq(registry.epochCount(), 1);
        assertEq(registry.masterSecretHash(), HASH_1);
    }
}

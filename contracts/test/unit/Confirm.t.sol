// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {NovaAppRegistryReader} from "../../src/libraries/NovaAppRegistryReader.sol";
import {SlowRegistry} from "../mocks/SlowRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";

contract ConfirmTest is RegistryTest {
    function expectConfirmRevert(address operator, uint64 proposalId, bytes memory reason) private {
        expectConfirmRevert(operator, proposalId, registry.proposal().hash, reason);
    }

    function expectConfirmRevert(address operator, uint64 proposalId, bytes32 hash, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(operator);
        registry.confirmMasterSecret(proposalId, hash);
    }

    function wrongProposal(uint64 given, uint64 latest) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongProposal.selector, given, latest);
    }

    function wrongHash(bytes32 given, bytes32 proposed) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongHash.selector, given, proposed);
    }

    function notOpen(uint64 id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ProposalNotOpen.selector, id);
    }

    /// @dev A registry with another target, and that many operators besides Alice, Bob and Carol.
    function withTarget(uint32 target) private {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.confirmationTarget = target;
        registry = deployProxy(new KMSRegistry(), params);
    }

    function operatorNumber(uint256 i) private pure returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast) -- small numbers
        return address(uint160(0x10000 + i));
    }

    // ------------------------------------------------------------------------------------------------ refused

    function test_RevertWhen_NothingWasProposed() external {
        expectConfirmRevert(alice, 1, wrongProposal(1, 0));
        expectConfirmRevert(alice, 0, notOpen(0));
    }

    function test_RevertWhen_ForEarlierProposal() external {
        propose(alice, HASH_1);
        expireProposal();
        propose(bob, HASH_2);
        expectConfirmRevert(carol, 1, wrongProposal(1, 2));
        assertEq(registry.proposal().confirmations, 1);
    }

    function test_RevertWhen_ForLaterProposal() external {
        propose(alice, HASH_1);
        expectConfirmRevert(bob, 2, wrongProposal(2, 1));
    }

    function test_RevertWhen_ForAnotherHash() external {
        propose(alice, HASH_1);
        expectConfirmRevert(bob, 1, HASH_2, wrongHash(HASH_2, HASH_1));
        expectConfirmRevert(bob, 1, 0, wrongHash(0, HASH_1));
        assertEq(registry.proposal().confirmations, 1);
    }

    /// @dev Found by simulation: after a reorganisation another secret is proposed under the number of the first, and
    ///      Bob's confirmation of the first is mined again. Nobody holds the other secret.
    function test_RevertWhen_AnotherHashTookTheNumberAfterReorganisation() external {
        uint256 before = vm.snapshotState();
        propose(alice, HASH_1);
        confirm(bob);
        assertEq(registry.masterSecretHash(), HASH_1);
        assertTrue(vm.revertToState(before));
        propose(carol, HASH_2);
        expectConfirmRevert(bob, 1, HASH_1, wrongHash(HASH_1, HASH_2));
        assertEq(registry.epochCount(), 0);
    }

    function test_RevertWhen_LateAfterActivation() external {
        activate(HASH_1);
        expectConfirmRevert(carol, 1, notOpen(1));
        assertEq(registry.epochAt(1).confirmations, 2);
        assertFalse(registry.hasConfirmed(1, carol));
    }

    function test_RevertWhen_LateAfterExpiry() external {
        propose(alice, HASH_1);
        expireProposal();
        expectConfirmRevert(bob, 1, notOpen(1));
        assertEq(registry.epochCount(), 0);
    }

    function test_RevertWhen_LateAfterVoiding() external {
        propose(alice, HASH_1);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(uint32(1)));
        expectConfirmRevert(bob, 1, notOpen(1));
        assertEq(registry.barredUntil(alice), 0, "bars nobody");
    }

    function test_RevertWhen_ConfirmedTwice() external {
        withTarget(3);
        propose(alice, HASH_1);
        confirm(bob);
        expectConfirmRevert(bob, 1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_AlreadyConfirmed.selector, 1, bob));
        assertEq(registry.proposal().confirmations, 2);
    }

    function test_RevertWhen_ProposerConfirms() external {
        propose(alice, HASH_1);
        expectConfirmRevert(
            alice, 1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_AlreadyConfirmed.selector, 1, alice)
        );
    }

    function test_RevertWhen_OperatorIsNotEligible() external {
        propose(alice, HASH_1);
        expectConfirmRevert(
            stranger, 1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, stranger)
        );
        stop(bob);
        expectConfirmRevert(bob, 1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, bob));
    }

    // ------------------------------------------------------------------------------------------------ counted

    function test_ConfirmsWhilePaused() external {
        propose(alice, HASH_1);
        vm.prank(guardian);
        registry.pauseProposals();
        confirm(bob);
        assertEq(registry.masterSecretHash(), HASH_1);
    }

    function test_CountsBelowTarget() external {
        withTarget(3);
        propose(alice, HASH_1);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.SecretConfirmed(1, bob, 2);
        confirm(bob);
        assertTrue(registry.hasConfirmed(1, bob));
        assertTrue(registry.proposal().open);
        assertEq(registry.epochCount(), 0);
    }

    function test_Activates() external {
        propose(alice, HASH_1);
        vm.roll(block.number + 5);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.SecretConfirmed(1, bob, 2);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.EpochActivated(1, HASH_1, 1, alice, 2);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.DefaultEpochSet(1);
        confirm(bob);

        IKMSRegistry.EpochRecord memory record = registry.epochAt(1);
        assertEq(record.hash, HASH_1);
        assertEq(record.proposer, alice);
        assertEq(record.activatedAtBlock, block.number);
        assertEq(record.confirmations, 2);
        assertFalse(record.retired);
        assertEq(registry.epochCount(), 1);
        assertEq(registry.masterSecretHash(), HASH_1);
        assertEq(registry.defaultEpoch(), 1);
        assertFalse(registry.nextEpochWanted());
        assertFalse(registry.proposal().open);
        assertEq(registry.confirmers(1).length, 2);
    }

    function test_OnlyTheFirstEpochBecomesDefault() external {
        activate(HASH_1);
        activate(HASH_2);
        assertEq(registry.masterSecretHash(), HASH_2);
        assertEq(registry.defaultEpoch(), 1, "a rotation never changes an app's keys by itself");
    }

    function test_ActivatesAtGreatestTarget() external {
        withTarget(16);
        for (uint256 i = 0; i < 16; i++) {
            register(operatorNumber(i));
        }
        propose(operatorNumber(0), HASH_1);
        for (uint256 i = 1; i < 15; i++) {
            confirm(operatorNumber(i));
        }
        // Every read as slow as it can be without being cut off.
        SlowRegistry slow = new SlowRegistry(address(apps), NovaAppRegistryReader.READ_GAS - 100_000);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetNovaAppRegistry, abi.encode(slow));
        vm.prank(operatorNumber(15));
        registry.confirmMasterSecret{gas: 15_000_000}(1, HASH_1);
        assertEq(registry.epochAt(1).confirmations, 16);
    }

    // ------------------------------------------------------------------------------------------------ dropped

    function test_DropsIneligibleConfirmer() external {
        withTarget(3);
        propose(alice, HASH_1);
        confirm(bob);
        stop(bob);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ConfirmationDropped(1, bob);
        confirm(carol);
        assertEq(registry.epochCount(), 0);
        assertEq(registry.proposal().confirmations, 2);
        assertTrue(registry.proposal().open);
        assertFalse(registry.hasConfirmed(1, bob));
        assertTrue(registry.hasConfirmed(1, alice));
        assertTrue(registry.hasConfirmed(1, carol));
    }

    function test_DropsIneligibleProposer() external {
        propose(alice, HASH_1);
        stop(alice);
        confirm(bob);
        assertEq(registry.epochCount(), 0);
        assertEq(registry.proposal().confirmations, 1);
        // Bob fetched the secret in time, so the others can have it from him: the proposal lives on without its proposer.
        confirm(carol);
        assertEq(registry.masterSecretHash(), HASH_1);
        assertEq(registry.epochAt(1).proposer, alice);
        assertEq(registry.confirmers(1)[0], bob);
        assertEq(registry.confirmers(1)[1], carol);
    }

    function testFuzz_DropsExactlyTheIneligible(uint16 stopped, uint8 target_) external {
        uint32 target = uint32(bound(target_, 2, 16));
        withTarget(target);
        for (uint256 i = 0; i < target; i++) {
            register(operatorNumber(i));
        }
        propose(operatorNumber(0), HASH_1);
        for (uint256 i = 1; i + 1 < target; i++) {
            confirm(operatorNumber(i));
        }
        uint32 left = 1;
        for (uint256 i = 0; i + 1 < target; i++) {
            if (stopped >> i & 1 == 1) stop(operatorNumber(i));
            else left++;
        }
        confirm(operatorNumber(target - 1));
        assertEq(registry.epochCount(), left == target ? 1 : 0);
        assertEq(registry.proposal().confirmations, left);
        assertEq(registry.confirmers(1).length, left);
        for (uint256 i = 0; i < target; i++) {
            bool counted = i == target - 1 || stopped >> i & 1 == 0;
            assertEq(registry.hasConfirmed(1, operatorNumber(i)), counted);
        }
        for (uint256 i = 0; i < left; i++) {
            assertTrue(registry.hasConfirmed(1, registry.confirmers(1)[i]));
        }
    }

    function test_ReplacesDroppedConfirmer() external {
        propose(alice, HASH_1);
        stop(alice);
        confirm(carol);
        assertEq(registry.epochCount(), 0);
        confirm(bob);
        assertEq(registry.epochCount(), 1);
        assertEq(registry.epochAt(1).confirmations, 2);
    }

    /// @dev Nobody is looked at again before the target is reached: who is eligible by then counts.
    function test_DropsNobodyBelowTarget() external {
        withTarget(3);
        uint256 version2 = apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        address dave = makeAddr("dave");
        register(dave, version2);
        propose(dave, HASH_1);
        suspend(OTHER_MEASUREMENT);
        confirm(bob);
        assertTrue(registry.hasConfirmed(1, dave));
        assertEq(registry.proposal().confirmations, 2);
        lift(OTHER_MEASUREMENT);
        confirm(carol);
        assertEq(registry.masterSecretHash(), HASH_1);
        assertEq(registry.confirmers(1)[0], dave);
    }

    function test_DroppedOperatorMayReturn() external {
        withTarget(3);
        uint256 version2 = apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        address dave = makeAddr("dave");
        register(dave, version2);
        propose(dave, HASH_1);
        confirm(alice);
        suspend(OTHER_MEASUREMENT);
        confirm(bob);
        assertFalse(registry.hasConfirmed(1, dave), "dropped");
        lift(OTHER_MEASUREMENT);
        confirm(dave);
        assertEq(registry.epochAt(1).confirmations, 3);
    }

    function test_RevertWhen_AppWasRevokedBeforeActivation() external {
        propose(alice, HASH_1);
        setAppStatus(INovaAppRegistry.AppStatus.REVOKED);
        expectConfirmRevert(bob, 1, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, bob));
    }
}

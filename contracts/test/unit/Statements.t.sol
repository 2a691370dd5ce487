// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";

contract StatementsTest is RegistryTest {
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    uint256 private deadline;

    struct Statement {
        string verb;
        uint256 chainId;
        address target;
        uint64 epoch;
        bytes32 hash;
        uint64 proposalId;
        uint256 deadline;
    }

    function setUp() public override {
        super.setUp();
        deadline = block.timestamp + 1 hours;
    }

    /// @dev The text as docs and nodes write it, made without the contract's own code.
    function text(Statement memory s) private pure returns (string memory) {
        return string.concat(
            string.concat("NovaKMS:", s.verb, ":", vm.toString(s.chainId), ":", vm.toLowercase(vm.toString(s.target))),
            string.concat(":", vm.toString(s.epoch), ":", vm.toString(s.hash), ":"),
            string.concat(vm.toString(s.proposalId), ":", vm.toString(s.deadline))
        );
    }

    function digestOf(Statement memory s) private pure returns (bytes32) {
        string memory message = text(s);
        return
            keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n", vm.toString(bytes(message).length), message));
    }

    function sign(uint256 key, Statement memory s) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 sig) = vm.sign(key, digestOf(s));
        return abi.encodePacked(r, sig, v);
    }

    function proposal(bytes32 hash) private view returns (Statement memory) {
        return Statement("Propose", block.chainid, address(registry), 1, hash, 0, deadline);
    }

    function confirmation(bytes32 hash) private view returns (Statement memory) {
        return Statement("Confirm", block.chainid, address(registry), 1, hash, 1, deadline);
    }

    function relayProposal(bytes32 hash, bytes memory signature) private {
        vm.prank(stranger);
        registry.proposeMasterSecretBySig(hash, 1, deadline, signature);
    }

    function relayConfirmation(bytes32 hash, bytes memory signature) private {
        vm.prank(stranger);
        registry.confirmMasterSecretBySig(1, 1, hash, deadline, signature);
    }

    /// @dev The wrong signer is some unknown address, so only the selector of the error is known.
    function expectNotEligible() private {
        vm.expectPartialRevert(IKMSRegistry.KMSRegistry_NotEligible.selector);
    }

    // ------------------------------------------------------------------------------------------------ the text

    function test_StatementIsTheDocumentedText() external {
        vm.chainId(84532);
        Statement memory s = Statement({
            verb: "Confirm",
            chainId: 84532,
            target: 0xABcdEFABcdEFabcdEfAbCdefabcdeFABcDEFabCD,
            epoch: 3,
            hash: bytes32(uint256(0xAB)),
            proposalId: 12,
            deadline: 1_800_000_000
        });
        assertEq(
            text(s),
            "NovaKMS:Confirm:84532:0xabcdefabcdefabcdefabcdefabcdefabcdefabcd:3:"
            "0x00000000000000000000000000000000000000000000000000000000000000ab:12:1800000000"
        );
        s = proposal(HASH_1);
        relayProposal(HASH_1, sign(aliceKey, s));
        assertEq(registry.proposal().proposer, alice);
    }

    // ------------------------------------------------------------------------------------------------ proposals

    function test_RelaysProposal() external {
        relayProposal(HASH_1, sign(aliceKey, proposal(HASH_1)));
        assertEq(registry.proposal().proposer, alice);
        assertEq(registry.proposal().hash, HASH_1);
        assertTrue(registry.hasConfirmed(1, alice));
        assertFalse(registry.hasConfirmed(1, stranger));
    }

    function test_RevertWhen_ProposalIsForAnotherEpoch() external {
        Statement memory s = proposal(HASH_1);
        s.epoch = 2;
        bytes memory signature = sign(aliceKey, s);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongEpoch.selector, 2, 1));
        registry.proposeMasterSecretBySig(HASH_1, 2, deadline, signature);
    }

    function test_RevertWhen_ProposalIsPastDeadline() external {
        bytes memory signature = sign(aliceKey, proposal(HASH_1));
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_StatementExpired.selector, deadline));
        relayProposal(HASH_1, signature);
        vm.warp(deadline);
        relayProposal(HASH_1, signature);
        assertEq(registry.proposal().proposer, alice);
    }

    function test_RevertWhen_ProposalIsReplayed() external {
        Statement memory s = proposal(HASH_1);
        bytes memory signature = sign(aliceKey, s);
        relayProposal(HASH_1, signature);
        vm.roll(registry.proposal().expiresAtBlock + 10 * PROPOSAL_BLOCKS);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_StatementUsed.selector, digestOf(s)));
        relayProposal(HASH_1, signature);
    }

    function test_RevertWhen_ProposalIsAltered() external {
        Statement memory s = proposal(HASH_1);
        s.verb = "Confirm";
        refuseProposal(s);
        s = proposal(HASH_1);
        s.chainId = block.chainid + 1;
        refuseProposal(s);
        s = proposal(HASH_1);
        s.target = address(apps);
        refuseProposal(s);
        s = proposal(HASH_1);
        s.epoch = 2;
        refuseProposal(s);
        s = proposal(HASH_1);
        s.hash = HASH_2;
        refuseProposal(s);
        s = proposal(HASH_1);
        s.proposalId = 1;
        refuseProposal(s);
        s = proposal(HASH_1);
        s.deadline = deadline + 1;
        refuseProposal(s);
        assertEq(registry.proposal().id, 0);
    }

    function refuseProposal(Statement memory signed) private {
        bytes memory signature = sign(aliceKey, signed);
        expectNotEligible();
        relayProposal(HASH_1, signature);
    }

    // ------------------------------------------------------------------------------------------------ confirmations

    function test_RelaysConfirmation() external {
        propose(alice, HASH_1);
        relayConfirmation(HASH_1, sign(bobKey, confirmation(HASH_1)));
        assertEq(registry.masterSecretHash(), HASH_1);
        assertTrue(registry.hasConfirmed(1, bob));
    }

    function test_RevertWhen_ConfirmationIsForAnotherProposal() external {
        propose(alice, HASH_1);
        Statement memory s = confirmation(HASH_1);
        s.proposalId = 2;
        bytes memory signature = sign(bobKey, s);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongProposal.selector, 2, 1));
        registry.confirmMasterSecretBySig(2, 1, HASH_1, deadline, signature);
        // Before anything is recovered: a relay learns what is wrong, whoever signed.
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongProposal.selector, 2, 1));
        registry.confirmMasterSecretBySig(2, 1, HASH_1, deadline, "");
    }

    function test_RevertWhen_ConfirmationIsForAnotherEpoch() external {
        propose(alice, HASH_1);
        Statement memory s = confirmation(HASH_1);
        s.epoch = 2;
        bytes memory signature = sign(bobKey, s);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongEpoch.selector, 2, 1));
        registry.confirmMasterSecretBySig(1, 2, HASH_1, deadline, signature);
    }

    function test_RevertWhen_ConfirmationIsForAnotherHash() external {
        propose(alice, HASH_1);
        bytes memory signature = sign(bobKey, confirmation(HASH_2));
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongHash.selector, HASH_2, HASH_1));
        relayConfirmation(HASH_2, signature);
    }

    function test_RevertWhen_ConfirmationIsPastDeadline() external {
        propose(alice, HASH_1);
        bytes memory signature = sign(bobKey, confirmation(HASH_1));
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_StatementExpired.selector, deadline));
        relayConfirmation(HASH_1, signature);
    }

    function test_RevertWhen_ConfirmationIsReplayed() external {
        scheduleAndExecute(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(uint32(3)));
        deadline = block.timestamp + 1 hours;
        uint256 version2 = apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        deadline = block.timestamp + 1 hours;
        (address dave, uint256 daveKey) = makeAddrAndKey("dave");
        register(dave, version2);

        propose(alice, HASH_1);
        Statement memory s = confirmation(HASH_1);
        bytes memory signature = sign(daveKey, s);
        relayConfirmation(HASH_1, signature);
        suspend(OTHER_MEASUREMENT);
        confirm(bob);
        assertFalse(registry.hasConfirmed(1, dave), "dropped");
        lift(OTHER_MEASUREMENT);
        // Eligible again, but what it said then is not what it says now.
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_StatementUsed.selector, digestOf(s)));
        relayConfirmation(HASH_1, signature);
    }

    function test_SameTextFromTwoOperators() external {
        scheduleAndExecute(IKMSRegistry.ActionKind.SetConfirmationTarget, abi.encode(uint32(3)));
        deadline = block.timestamp + 1 hours;
        propose(alice, HASH_1);
        relayConfirmation(HASH_1, sign(bobKey, confirmation(HASH_1)));
        relayConfirmation(HASH_1, sign(carolKey, confirmation(HASH_1)));
        assertEq(registry.epochAt(1).confirmations, 3);
    }

    function test_RevertWhen_ConfirmationIsAltered() external {
        propose(alice, HASH_1);
        Statement memory s = confirmation(HASH_1);
        s.verb = "Propose";
        refuseConfirmation(s);
        s = confirmation(HASH_1);
        s.chainId = block.chainid + 1;
        refuseConfirmation(s);
        s = confirmation(HASH_1);
        s.target = address(apps);
        refuseConfirmation(s);
        s = confirmation(HASH_1);
        s.epoch = 2;
        refuseConfirmation(s);
        s = confirmation(HASH_1);
        s.hash = HASH_2;
        refuseConfirmation(s);
        s = confirmation(HASH_1);
        s.proposalId = 2;
        refuseConfirmation(s);
        s = confirmation(HASH_1);
        s.deadline = deadline - 1;
        refuseConfirmation(s);
        assertEq(registry.proposal().confirmations, 1);
    }

    function refuseConfirmation(Statement memory signed) private {
        bytes memory signature = sign(bobKey, signed);
        expectNotEligible();
        relayConfirmation(HASH_1, signature);
    }

    // ------------------------------------------------------------------------------------------------ form

    function refuseForm(bytes memory signature) private {
        vm.expectRevert(IKMSRegistry.KMSRegistry_BadSignature.selector);
        relayProposal(HASH_1, signature);
    }

    function test_RevertWhen_SIsHigh() external {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(aliceKey, digestOf(proposal(HASH_1)));
        refuseForm(abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
    }

    function test_RevertWhen_VIsOdd() external {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(aliceKey, digestOf(proposal(HASH_1)));
        refuseForm(abi.encodePacked(r, s, v - 27));
        refuseForm(abi.encodePacked(r, s, uint8(29)));
    }

    function testFuzz_RevertWhen_LengthIsWrong(uint8 length) external {
        vm.assume(length != 65);
        bytes memory good = sign(aliceKey, proposal(HASH_1));
        bytes memory bad = new bytes(length);
        for (uint256 i = 0; i < length && i < 65; i++) {
            bad[i] = good[i];
        }
        refuseForm(bad);
    }

    function test_RevertWhen_NothingIsRecovered() external {
        refuseForm(abi.encodePacked(bytes32(0), bytes32(0), uint8(27)));
    }

    function testFuzz_RevertWhen_SignerIsNotEligible(uint256 key) external {
        key = bound(key, 1, CURVE_ORDER - 1);
        vm.assume(key != aliceKey && key != bobKey && key != carolKey);
        bytes memory signature = sign(key, proposal(HASH_1));
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotEligible.selector, vm.addr(key)));
        relayProposal(HASH_1, signature);
    }
}

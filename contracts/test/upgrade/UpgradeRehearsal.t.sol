// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {KMSRegistryReader} from "../../src/KMSRegistryReader.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {KMSRegistryV2} from "../mocks/KMSRegistryV2.sol";
import {CallingImplementation, ReentrantOwner} from "../mocks/Reentrancy.sol";
import {NotUpgradeable, WrongUuid} from "../mocks/WrongImplementations.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

contract UpgradeRehearsalTest is RegistryTest {
    KMSRegistryV2 private v2;
    address private v1;

    /// @dev Live data of every sort: epochs, one retired; a bar; an open proposal; actions in every state; a used
    ///      statement is covered by the known hash that it leaves behind.
    function setUp() public override {
        super.setUp();
        activate(HASH_1);
        activate(HASH_2);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetDefaultEpoch, abi.encode(2));
        scheduleAndExecute(IKMSRegistry.ActionKind.RetireEpoch, abi.encode(1));
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        uint64 cancelled = schedule(IKMSRegistry.ActionKind.Reset, "");
        vm.startPrank(owner);
        registry.cancel(cancelled);
        registry.requestRotation();
        vm.stopPrank();
        propose(alice, keccak256("never confirmed"));
        expireProposal();
        propose(bob, HASH_3);
        v2 = new KMSRegistryV2();
        v1 = implementation();
    }

    function implementation() private view returns (address) {
        return address(uint160(uint256(vm.load(address(registry), ERC1967Utils.IMPLEMENTATION_SLOT))));
    }

    function scheduleUpgrade(address target, bytes memory initCall) private returns (uint64) {
        return schedule(IKMSRegistry.ActionKind.Upgrade, abi.encode(target, target.codehash, initCall));
    }

    function scheduleUpgradeToV2() private returns (uint64 id) {
        id = scheduleUpgrade(address(v2), abi.encodeCall(KMSRegistryV2.initializeV2, (42)));
        vm.warp(block.timestamp + DELAY);
    }

    function expectExecuteRevert(uint64 id, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(owner);
        registry.execute(id);
        assertEq(implementation(), v1);
    }

    /// @dev Everything that can be read, as one blob.
    function everything() private view returns (bytes memory) {
        bytes memory governance = abi.encode(
            registry.owner(),
            registry.pendingOwner(),
            registry.guardian(),
            registry.delay(),
            registry.delayFloor(),
            registry.actionAt(1),
            registry.actionAt(2),
            registry.actionAt(3),
            registry.actionAt(4)
        );
        bytes memory epochs = abi.encode(
            registry.masterSecretHash(),
            registry.rotationInterval(),
            registry.epochsPage(1, 100),
            registry.barredUntil(alice),
            registry.confirmers(1),
            registry.confirmers(3),
            registry.hasConfirmed(4, bob),
            registry.hasConfirmed(4, alice)
        );
        bytes memory operators =
            abi.encode(registry.getOperators(), registry.isOperator(alice), registry.isEligible(carol));
        return abi.encode(registry.nodeState(), governance, epochs, operators);
    }

    // ------------------------------------------------------------------------------------------------ in time

    function test_UpgradeKeepsEverything() external {
        uint64 id = scheduleUpgradeToV2();
        bytes memory before = everything();
        assertEq(registry.nodeState().proposal.id, 4, "live data");
        assertGt(registry.barredUntil(alice), block.number, "live data");
        vm.expectEmit(address(registry));
        emit IKMSRegistry.ActionExecuted(id, IKMSRegistry.ActionKind.Upgrade);
        execute(id);
        assertEq(implementation(), address(v2));
        assertEq(KMSRegistryV2(address(registry)).answer(), 42);
        assertEq(everything(), before);
        // Neither initialiser can be run again.
        IKMSRegistry.InitParams memory params = defaultParams();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        registry.initialize(params);
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        KMSRegistryV2(address(registry)).initializeV2(43);
    }

    function test_ClusterGoesOnAfterUpgrade() external {
        execute(scheduleUpgradeToV2());
        confirm(carol);
        assertEq(registry.epochCount(), 3);
        assertEq(registry.masterSecretHash(), HASH_3);
        assertTrue(registry.epochAt(1).retired);
        stop(alice);
        assertFalse(registry.isOperator(alice));
        vm.prank(owner);
        registry.requestRotation();
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_HashKnown.selector, HASH_1));
        vm.prank(bob);
        registry.proposeMasterSecret(HASH_1, 4);
    }

    function test_UpgradesAgain() external {
        execute(scheduleUpgradeToV2());
        uint64 id = scheduleUpgrade(v1, "");
        vm.expectPartialRevert(IKMSRegistry.KMSRegistry_ActionTooEarly.selector);
        vm.prank(owner);
        registry.execute(id);
        vm.warp(block.timestamp + DELAY);
        execute(id);
        assertEq(implementation(), v1);
    }

    // ------------------------------------------------------------------------------------------------ refused

    function test_RevertWhen_UpgradeIsEarly() external {
        uint64 id = scheduleUpgradeToV2();
        uint256 dueAt = block.timestamp;
        vm.warp(dueAt - 1);
        expectExecuteRevert(id, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ActionTooEarly.selector, id, dueAt));
    }

    function test_RevertWhen_UpgradeWasCancelled() external {
        uint64 id = scheduleUpgradeToV2();
        vm.prank(guardian);
        registry.cancel(id);
        expectExecuteRevert(
            id,
            abi.encodeWithSelector(
                IKMSRegistry.KMSRegistry_ActionNotScheduled.selector, id, IKMSRegistry.ActionState.Cancelled
            )
        );
    }

    function test_RevertWhen_CodeChangedSince() external {
        uint64 id = scheduleUpgradeToV2();
        bytes32 promised = address(v2).codehash;
        vm.etch(address(v2), bytes.concat(address(v2).code, hex"00"));
        expectExecuteRevert(
            id,
            abi.encodeWithSelector(
                IKMSRegistry.KMSRegistry_WrongCodeHash.selector, address(v2), promised, address(v2).codehash
            )
        );
    }

    function test_RevertWhen_UuidIsWrong() external {
        uint64 id = scheduleUpgrade(address(new WrongUuid()), "");
        vm.warp(block.timestamp + DELAY);
        expectExecuteRevert(
            id, abi.encodeWithSelector(UUPSUpgradeable.UUPSUnsupportedProxiableUUID.selector, keccak256("another slot"))
        );
    }

    function test_RevertWhen_ImplementationIsNotUpgradeable() external {
        address target = address(new NotUpgradeable());
        uint64 id = scheduleUpgrade(target, "");
        vm.warp(block.timestamp + DELAY);
        expectExecuteRevert(id, abi.encodeWithSelector(ERC1967Utils.ERC1967InvalidImplementation.selector, target));
    }

    function test_RevertWhen_InitCallReverts() external {
        uint64 id = scheduleUpgrade(address(v2), abi.encodeCall(IKMSRegistry.setKmsAppId, (9)));
        vm.warp(block.timestamp + DELAY);
        expectExecuteRevert(id, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_AppIdAlreadySet.selector, appId));
        assertEq(uint8(registry.actionAt(id).state), uint8(IKMSRegistry.ActionState.Scheduled));
    }

    function test_RevertWhen_CodeHashIsWrong() external {
        bytes32 wrong = keccak256("other code");
        vm.expectRevert(
            abi.encodeWithSelector(
                IKMSRegistry.KMSRegistry_WrongCodeHash.selector, address(v2), wrong, address(v2).codehash
            )
        );
        vm.prank(owner);
        registry.schedule(IKMSRegistry.ActionKind.Upgrade, abi.encode(address(v2), wrong, ""));
    }

    function test_RevertWhen_ThereIsNoCode() external {
        address[2] memory empty = [makeAddr("never used"), alice];
        vm.deal(alice, 1);
        for (uint256 i = 0; i < empty.length; i++) {
            vm.expectPartialRevert(IKMSRegistry.KMSRegistry_WrongCodeHash.selector);
            vm.prank(owner);
            registry.schedule(IKMSRegistry.ActionKind.Upgrade, abi.encode(empty[i], empty[i].codehash, ""));
        }
    }

    function testFuzz_RevertWhen_DataIsCutShort(uint256 length) external {
        bytes memory data = abi.encode(address(v2), address(v2).codehash, "");
        length = bound(length, 0, data.length - 1);
        assembly ("memory-safe") {
            mstore(data, length)
        }
        vm.expectRevert(
            abi.encodeWithSelector(IKMSRegistry.KMSRegistry_BadActionData.selector, IKMSRegistry.ActionKind.Upgrade)
        );
        vm.prank(owner);
        registry.schedule(IKMSRegistry.ActionKind.Upgrade, data);
    }

    /// @dev An upgrade runs foreign code in the middle of an execution.
    function test_NotExecutedAgainFromWithin() external {
        ReentrantOwner reentrant = new ReentrantOwner();
        IKMSRegistry.InitParams memory params = defaultParams();
        params.owner = address(reentrant);
        KMSRegistry fresh = deployProxy(new KMSRegistry(), params);
        reentrant.scheduleUpgrade(fresh, address(new CallingImplementation()));
        vm.warp(block.timestamp + DELAY);
        reentrant.execute();
        assertEq(
            reentrant.secondAttempt(),
            abi.encodeWithSelector(
                IKMSRegistry.KMSRegistry_ActionNotScheduled.selector, 1, IKMSRegistry.ActionState.Executed
            )
        );
    }

    function test_RevertWhen_UpgradedDirectly() external {
        scheduleUpgradeToV2();
        address[4] memory callers = [owner, guardian, stranger, address(registry)];
        for (uint256 i = 0; i < callers.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_UpgradeNotScheduled.selector, address(v2)));
            vm.prank(callers[i]);
            registry.upgradeToAndCall(address(v2), "");
        }
        assertEq(implementation(), v1);
    }

    /// @dev Outside of {execute} the scheduled implementation reads as address zero, which must be no match.
    function test_RevertWhen_UpgradedToNothing() external {
        scheduleUpgradeToV2();
        bytes memory reason = abi.encodeWithSelector(IKMSRegistry.KMSRegistry_UpgradeNotScheduled.selector, address(0));
        address[2] memory callers = [owner, stranger];
        for (uint256 i = 0; i < callers.length; i++) {
            vm.expectRevert(reason);
            vm.prank(callers[i]);
            registry.upgradeToAndCall(address(0), "");
        }
        assertEq(implementation(), v1);
    }

    // ------------------------------------------------------------------------------------------------ the reader

    /// @dev The code hash that an upgrade commits to commits to the reader as well: its address is part of the code.
    function test_CodeNamesItsReader() external {
        address reader = vm.computeCreateAddress(v1, 1);
        (KMSRegistryReader.Standing standing, bytes32 measurement) =
            KMSRegistryReader(reader).standing(address(apps), appId, alice, false);
        assertTrue(standing == KMSRegistryReader.Standing.Eligible);
        assertEq(measurement, MEASUREMENT);
        assertTrue(contains(v1.code, reader));
        // Another reader, another hash: nothing else differs between two deployments but their own addresses.
        KMSRegistry twin = new KMSRegistry();
        assertNotEq(address(twin).codehash, v1.codehash);
        assertFalse(contains(address(twin).code, reader));
    }

    /// @dev No instruction of the reader writes, calls with the power to write, delegates or destroys.
    function test_ReaderCannotWrite() external view {
        bytes memory code = vm.computeCreateAddress(v1, 1).code;
        for (uint256 i = 0; i < code.length; i++) {
            uint8 op = uint8(code[i]);
            // SSTORE, TSTORE, LOG0..LOG4, CREATE, CALL, CALLCODE, DELEGATECALL, CREATE2, SELFDESTRUCT
            bool writes = op == 0x55 || op == 0x5d || (op >= 0xa0 && op <= 0xa4) || (op >= 0xf0 && op <= 0xf2)
                || op == 0xf4 || op == 0xf5 || op == 0xff;
            assertFalse(writes, vm.toString(i));
            if (op >= 0x60 && op <= 0x7f) i += op - 0x5f;
        }
        assertGt(code.length, 1_000);
    }

    function contains(bytes memory code, address what) private pure returns (bool) {
        for (uint256 i = 0; i + 32 <= code.length; i++) {
            bytes32 word;
            assembly ("memory-safe") {
                word := mload(add(add(code, 0x20), i))
            }
            if (word == bytes32(uint256(uint160(what)))) return true;
        }
        return false;
    }
}

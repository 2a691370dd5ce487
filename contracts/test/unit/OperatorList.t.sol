// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {DevNovaAppRegistry} from "../../src/dev/DevNovaAppRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {GasBurner} from "../mocks/GasBurner.sol";
import {ReturnBomb} from "../mocks/ReturnBomb.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {stdError} from "forge-std/StdError.sol";

contract OperatorListTest is RegistryTest {
    address internal dave = makeAddr("dave");

    // For the model of {testFuzz_ListMatchesModel}.
    mapping(address wallet => bool) private expected;
    uint256 private expectedCount;

    // ------------------------------------------------------------------------------------------------ callbacks

    function test_RevertWhen_StrangerAdds() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotNovaAppRegistry.selector, owner));
        vm.prank(owner);
        registry.addOperator(dave, appId, versionId, 9);
        assertFalse(registry.isOperator(dave));
    }

    function test_RevertWhen_AddForAnotherApp() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongApp.selector, appId + 1, appId));
        vm.prank(address(apps));
        registry.addOperator(dave, appId + 1, versionId, 9);
    }

    function test_AddsOperator() external {
        vm.expectEmit(address(registry));
        emit IKMSRegistry.OperatorAdded(dave);
        register(dave);
        assertTrue(registry.isOperator(dave));
        assertEq(registry.operatorCount(), 4);
        assertEq(registry.operatorAt(3), dave);
    }

    function test_AddIsIdempotent() external {
        vm.recordLogs();
        vm.prank(address(apps));
        registry.addOperator(alice, appId, versionId, 1);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(registry.operatorCount(), 3);
    }

    function test_AddsThe500thOperator() external {
        fillTo(499);
        vm.expectEmit(address(registry));
        emit IKMSRegistry.OperatorAdded(dave);
        register(dave);
        assertTrue(registry.isOperator(dave));
        assertEq(registry.operatorCount(), 500);
        assertEq(registry.operatorAt(499), dave);
        assertEq(registry.MAX_OPERATORS(), 500);
    }

    function test_RevertWhen_AddingToAFullList() external {
        fillTo(500);
        vm.expectRevert(IKMSRegistry.KMSRegistry_TooManyOperators.selector);
        vm.prank(address(apps));
        registry.addOperator(dave, appId, versionId, 9);
        assertFalse(registry.isOperator(dave));
        assertEq(registry.operatorCount(), 500);
    }

    function test_FullListFailsTheCallback() external {
        fillTo(500);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackFailed(appId, address(registry), "addOperator failed");
        register(dave);
        assertFalse(registry.isOperator(dave));
        assertTrue(registry.isEligible(dave), "the list grants nothing");
        stop(alice);
        registry.syncOperator(dave);
        assertTrue(registry.isOperator(dave), "repaired once there is room");
    }

    function test_AddIsIdempotentInAFullList() external {
        fillTo(500);
        vm.recordLogs();
        vm.prank(address(apps));
        registry.addOperator(alice, appId, versionId, 1);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(registry.operatorCount(), 500);
    }

    function test_RevertWhen_StrangerRemoves() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_NotNovaAppRegistry.selector, owner));
        vm.prank(owner);
        registry.removeOperator(alice, appId, versionId, 1);
        assertTrue(registry.isOperator(alice));
    }

    function test_RevertWhen_RemoveForAnotherApp() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongApp.selector, appId + 1, appId));
        vm.prank(address(apps));
        registry.removeOperator(alice, appId + 1, versionId, 1);
    }

    function test_RemovesLastOperator() external {
        vm.expectEmit(address(registry));
        emit IKMSRegistry.OperatorRemoved(carol);
        stop(carol);
        assertFalse(registry.isOperator(carol));
        assertEq(registry.operatorCount(), 2);
        assertEq(registry.operatorAt(0), alice);
        assertEq(registry.operatorAt(1), bob);
    }

    function test_RemovesMiddleOperator() external {
        stop(alice);
        assertFalse(registry.isOperator(alice));
        assertEq(registry.operatorCount(), 2);
        assertEq(registry.operatorAt(0), carol);
        assertEq(registry.operatorAt(1), bob);
        // The moved one can still be found and removed.
        stop(carol);
        assertFalse(registry.isOperator(carol));
        assertEq(registry.operatorAt(0), bob);
    }

    function test_RemoveIsIdempotent() external {
        vm.recordLogs();
        vm.prank(address(apps));
        registry.removeOperator(dave, appId, versionId, 9);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(registry.operatorCount(), 3);
    }

    function test_RemovesFromAFullList() external {
        fillTo(500);
        stop(alice);
        assertFalse(registry.isOperator(alice));
        assertEq(registry.operatorCount(), 499);
        register(dave);
        assertTrue(registry.isOperator(dave));
    }

    /// @dev Wallets that the platform has called back about, and knows nothing else of.
    function fillTo(uint160 count) private {
        vm.startPrank(address(apps));
        for (uint160 i = 4; i <= count; i++) {
            registry.addOperator(address(0x100000 + i), appId, versionId, i);
        }
        vm.stopPrank();
        assertEq(registry.operatorCount(), count);
    }

    // ------------------------------------------------------------------------------------------------ sync

    function test_SyncRepairsLostRegistration() external {
        // The first callback of a cold proxy needs more than the platform's least limit.
        vm.prank(platform);
        apps.devSetCallbackGasLimit(50_000);
        vm.cool(address(registry));
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackFailed(appId, address(registry), "addOperator failed");
        register(dave);
        assertFalse(registry.isOperator(dave), "lost");

        vm.expectEmit(address(registry));
        emit IKMSRegistry.OperatorAdded(dave);
        vm.prank(stranger);
        registry.syncOperator(dave);
        assertTrue(registry.isOperator(dave), "repaired");
        registry.syncOperator(dave);
        assertEq(registry.operatorCount(), 4);
    }

    function test_SyncRepairsLostRemoval() external {
        loseCallbacks();
        stop(bob);
        vm.clearMockedCalls();
        assertTrue(registry.isOperator(bob), "lost");

        vm.expectEmit(address(registry));
        emit IKMSRegistry.OperatorRemoved(bob);
        vm.prank(stranger);
        registry.syncOperator(bob);
        assertFalse(registry.isOperator(bob), "repaired");
        registry.syncOperator(bob);
        assertEq(registry.operatorCount(), 2);
    }

    function test_SyncKeepsDeprecated() external {
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        registry.syncOperator(alice);
        assertTrue(registry.isOperator(alice));
    }

    function test_SyncRemovesRevokedVersion() external {
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        assertTrue(registry.isOperator(alice), "nothing was called back");
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
    }

    function test_SyncListsAgainAfterARevocationWasTakenBack() external {
        vm.prank(platform);
        apps.devSetVersionStatus(appId, versionId, INovaAppRegistry.VersionStatus.REVOKED);
        registry.syncOperator(alice);
        // The owner alone, after the platform's own revocation: members again, listed or not.
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        assertFalse(registry.isOperator(alice), "nothing was called back");
        vm.expectEmit(address(registry));
        emit IKMSRegistry.OperatorAdded(alice);
        vm.prank(stranger);
        registry.syncOperator(alice);
        registry.syncOperator(bob);
        assertTrue(registry.isOperator(alice) && registry.isOperator(bob));
        assertEq(apps.getActiveInstances(appId).length, 0, "but nobody who asks the platform finds them");
    }

    function test_SyncRemovesRemovedCodeWhateverThePlatformSays() external {
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        vm.prank(owner);
        registry.removeMeasurement(MEASUREMENT);
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
    }

    function test_SyncRemovesStoppedAndFailed() external {
        loseCallbacks();
        stop(alice);
        apps.devSetInstanceStatus(apps.getInstanceByWallet(bob).instanceId, INovaAppRegistry.InstanceStatus.FAILED);
        vm.clearMockedCalls();
        registry.syncOperator(alice);
        registry.syncOperator(bob);
        assertEq(registry.operatorCount(), 1);
    }

    function test_SyncRemovesAnotherAppsWallet() external {
        uint256 other = apps.createApp("nitro", address(0), "other");
        uint256 version = apps.devEnrollVersion(other, "1", MEASUREMENT);
        apps.devRegisterInstance(other, version, dave, hex"04", "https://node.example", true);
        vm.prank(address(apps));
        registry.addOperator(dave, appId, versionId, 9);
        registry.syncOperator(dave);
        assertFalse(registry.isOperator(dave));
    }

    function test_SyncRemovesUnproven() external {
        registerUnproven(dave);
        assertTrue(registry.isOperator(dave));
        registry.syncOperator(dave);
        assertFalse(registry.isOperator(dave));
    }

    function test_SyncRemovesUnapproved() external {
        scheduleAndExecute(IKMSRegistry.ActionKind.RemoveMeasurement, abi.encode(MEASUREMENT));
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
    }

    function test_SyncRemovesUnknownStatuses() external {
        // A complete record with a number that the platform does not define today: complete, and no member's.
        answer(INovaAppRegistry.getInstanceByWallet.selector, abi.encode(apps.getInstanceByWallet(alice)), 9, 3);
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
        vm.clearMockedCalls();
        answer(INovaAppRegistry.getVersion.selector, abi.encode(apps.getVersion(appId, versionId)), 8, 255);
        registry.syncOperator(bob);
        assertFalse(registry.isOperator(bob));
    }

    function test_RevertWhen_SyncedWhileTheAppIsNotActive() external {
        leaveUnlisted(dave);
        INovaAppRegistry.AppStatus[2] memory statuses =
            [INovaAppRegistry.AppStatus.INACTIVE, INovaAppRegistry.AppStatus.REVOKED];
        for (uint256 i = 0; i < statuses.length; i++) {
            setAppStatus(statuses[i]);
            assertSyncChangesNothing(IKMSRegistry.KMSRegistry_AppNotActive.selector);
        }
        setAppStatus(INovaAppRegistry.AppStatus.ACTIVE);
        // A number that the platform does not define is not ACTIVE either.
        answer(INovaAppRegistry.getApp.selector, abi.encode(apps.getApp(appId)), 8, 3);
        assertSyncChangesNothing(IKMSRegistry.KMSRegistry_AppNotActive.selector);
        vm.clearMockedCalls();
        assertSyncWorksAgain();
    }

    function test_RevertWhen_SyncedUnderASuspension() external {
        leaveUnlisted(dave);
        vm.prank(guardian);
        registry.suspendMeasurement(MEASUREMENT);
        assertSyncChangesNothing(IKMSRegistry.KMSRegistry_MeasurementSuspended.selector);
        vm.prank(owner);
        registry.liftSuspension(MEASUREMENT);
        assertSyncWorksAgain();
    }

    function test_SyncRemovesRevokedVersionUnderASuspension() external {
        vm.prank(guardian);
        registry.suspendMeasurement(MEASUREMENT);
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
    }

    function test_RevertWhen_TheRegistryFails() external {
        leaveUnlisted(dave);
        bytes memory code = address(apps).code;
        bytes[4] memory failures = [
            bytes(""),
            address(new GasBurner()).code,
            address(new ReturnBomb(false)).code,
            address(new ReturnBomb(true)).code
        ];
        for (uint256 i = 0; i < failures.length; i++) {
            vm.etch(address(apps), failures[i]);
            assertSyncChangesNothing(IKMSRegistry.KMSRegistry_RegistryUnreadable.selector);
        }
        vm.etch(address(apps), code);
        assertSyncWorksAgain();
    }

    function test_RevertWhen_OneReadFails() external {
        leaveUnlisted(dave);
        bytes4[3] memory reads = platformReads();
        for (uint256 i = 0; i < reads.length; i++) {
            vm.mockCallRevert(address(apps), abi.encodePacked(reads[i]), "paused");
            assertSyncChangesNothing(IKMSRegistry.KMSRegistry_RegistryUnreadable.selector);
            vm.clearMockedCalls();
            // All zero, as an unknown id reads, and as a registry may answer that lost its state.
            vm.mockCall(address(apps), abi.encodePacked(reads[i]), bytes.concat(abi.encode(0x20), new bytes(20 * 32)));
            assertSyncChangesNothing(IKMSRegistry.KMSRegistry_RegistryUnreadable.selector);
            vm.clearMockedCalls();
        }
        assertSyncWorksAgain();
    }

    function testFuzz_ShortAnswersChangeNothing(uint256 seed) external {
        bytes memory app = abi.encode(apps.getApp(appId));
        bytes memory instance = abi.encode(apps.getInstanceByWallet(alice));
        bytes memory version = abi.encode(apps.getVersion(appId, versionId));
        vm.mockCall(address(apps), abi.encodePacked(INovaAppRegistry.getApp.selector), cut(app, seed % (9 * 32)));
        assertKept(alice);
        vm.clearMockedCalls();
        vm.mockCall(
            address(apps),
            abi.encodePacked(INovaAppRegistry.getInstanceByWallet.selector),
            cut(instance, seed % (11 * 32))
        );
        assertKept(alice);
        vm.clearMockedCalls();
        vm.mockCall(
            address(apps), abi.encodePacked(INovaAppRegistry.getVersion.selector), cut(version, seed % (11 * 32))
        );
        assertKept(alice);
    }

    /// @dev Words of well-formed answers replaced by what no record of this app, wallet or version can hold.
    function test_RevertWhen_ARecordCannotBe() external {
        bytes memory app = abi.encode(apps.getApp(appId));
        bytes memory instance = abi.encode(apps.getInstanceByWallet(alice));
        bytes memory version = abi.encode(apps.getVersion(appId, versionId));
        assertKeptUnder(INovaAppRegistry.getApp.selector, app, 0, 0x40);
        assertKeptUnder(INovaAppRegistry.getApp.selector, app, 1, appId + 1);
        bytes4 selector = INovaAppRegistry.getInstanceByWallet.selector;
        assertKeptUnder(selector, instance, 0, 0);
        assertKeptUnder(selector, instance, 1, 0);
        assertKeptUnder(selector, instance, 7, uint160(bob));
        assertKeptUnder(selector, instance, 7, uint160(alice) | 1 << 160);
        assertKeptUnder(selector, instance, 8, 2);
        assertKeptUnder(selector, instance, 9, 256);
        selector = INovaAppRegistry.getVersion.selector;
        assertKeptUnder(selector, version, 0, 0x40);
        assertKeptUnder(selector, version, 1, versionId + 1);
        assertKeptUnder(selector, version, 3, 0);
        assertKeptUnder(selector, version, 8, 256);
    }

    /// @dev An instance that names version 0 meets the zeroed record of a version that does not exist, which agrees.
    function test_RevertWhen_VersionZeroIsRead() external {
        answer(INovaAppRegistry.getInstanceByWallet.selector, abi.encode(apps.getInstanceByWallet(alice)), 3, 0);
        assertKept(alice);
    }

    function test_RevertWhen_TheAppIdIsNotSet() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.kmsAppId = 0;
        registry = deployProxy(new KMSRegistry(), params);
        vm.expectRevert(IKMSRegistry.KMSRegistry_RegistryUnreadable.selector);
        registry.syncOperator(alice);
        assertEq(registry.operatorCount(), 0);
    }

    function test_RevertWhen_TheRegistryWasReplaced() external {
        DevNovaAppRegistry other = new DevNovaAppRegistry(platform);
        scheduleAndExecute(IKMSRegistry.ActionKind.SetNovaAppRegistry, abi.encode(other));
        // It knows neither app nor wallet yet, which reads as zeros.
        assertKept(alice);
        other.createApp("nitro", address(registry), "kms");
        other.devEnrollVersion(1, "1", MEASUREMENT);
        assertKept(alice);
        // The old registry's callbacks are no longer taken, so its own try/catch reports a failure.
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackFailed(appId, address(registry), "removeOperator failed");
        stop(bob);
        assertTrue(registry.isOperator(bob));
        // Once it has a record, that counts.
        uint256 id = other.devRegisterInstance(1, 1, alice, hex"04", "https://node.example", true);
        registry.syncOperator(alice);
        assertTrue(registry.isOperator(alice));
        other.devSetInstanceStatus(id, INovaAppRegistry.InstanceStatus.STOPPED);
        assertFalse(registry.isOperator(alice));
    }

    /// @dev A member whose callback was lost.
    function leaveUnlisted(address wallet) private {
        loseCallbacks();
        register(wallet);
        vm.clearMockedCalls();
        assertFalse(registry.isOperator(wallet));
    }

    /// @dev Alice is listed, Dave is a member and not, and nobody knows the stranger.
    function assertSyncChangesNothing(bytes4 reason) private {
        address[3] memory wallets = [alice, dave, stranger];
        for (uint256 i = 0; i < wallets.length; i++) {
            vm.expectRevert(
                wallets[i] == stranger && reason == IKMSRegistry.KMSRegistry_MeasurementSuspended.selector
                    ? IKMSRegistry.KMSRegistry_RegistryUnreadable.selector
                    : reason
            );
            registry.syncOperator(wallets[i]);
        }
        assertTrue(registry.isOperator(alice));
        assertFalse(registry.isOperator(dave));
        assertEq(registry.operatorCount(), 3);
    }

    function assertSyncWorksAgain() private {
        registry.syncOperator(alice);
        registry.syncOperator(dave);
        assertTrue(registry.isOperator(alice) && registry.isOperator(dave));
        vm.expectRevert(IKMSRegistry.KMSRegistry_RegistryUnreadable.selector);
        registry.syncOperator(stranger);
        assertFalse(registry.isOperator(stranger));
    }

    function assertKept(address wallet) private {
        vm.expectRevert(IKMSRegistry.KMSRegistry_RegistryUnreadable.selector);
        registry.syncOperator(wallet);
        assertTrue(registry.isOperator(wallet));
    }

    function assertKeptUnder(bytes4 selector, bytes memory good, uint256 word, uint256 value) private {
        answer(selector, good, word, value);
        assertKept(alice);
        vm.clearMockedCalls();
    }

    /// @dev Mocks a well-formed answer with one word replaced; word 0 is the offset of the tuple.
    function answer(bytes4 selector, bytes memory good, uint256 word, uint256 value) private {
        bytes memory data = bytes.concat(good);
        assembly ("memory-safe") {
            mstore(add(data, add(0x20, mul(word, 0x20))), value)
        }
        vm.mockCall(address(apps), abi.encodePacked(selector), data);
    }

    function cut(bytes memory data, uint256 length) private pure returns (bytes memory result) {
        result = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            result[i] = data[i];
        }
    }

    function test_RevertWhen_SyncAddsToAFullList() external {
        fillTo(500);
        register(dave);
        vm.expectRevert(IKMSRegistry.KMSRegistry_TooManyOperators.selector);
        registry.syncOperator(dave);
        assertFalse(registry.isOperator(dave));
    }

    function test_SyncKeepsAndRemovesInAFullList() external {
        fillTo(500);
        registry.syncOperator(alice);
        assertTrue(registry.isOperator(alice));
        assertEq(registry.operatorCount(), 500);
        // Anyone makes room where a wallet is shown not to belong.
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        registry.syncOperator(bob);
        assertEq(registry.operatorCount(), 499);
        register(dave, apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT));
        assertTrue(registry.isOperator(dave));
    }

    function testFuzz_StarvedSyncNeverRemovesMember(uint256 gasLimit) external {
        gasLimit = bound(gasLimit, 1_000, 1_500_000);
        try registry.syncOperator{gas: gasLimit}(alice) {} catch {}
        assertTrue(registry.isOperator(alice));
    }

    // ------------------------------------------------------------------------------------------------ reading

    function test_ReadsList() external view {
        address[] memory all = registry.getOperators();
        assertEq(all.length, 3);
        assertEq(registry.operatorCount(), 3);
        for (uint256 i = 0; i < all.length; i++) {
            assertEq(registry.operatorAt(i), all[i]);
            assertTrue(registry.isOperator(all[i]));
        }
        assertFalse(registry.isOperator(dave));
    }

    function test_RevertWhen_IndexIsPastTheEnd() external {
        vm.expectRevert(stdError.indexOOBError);
        registry.operatorAt(3);
    }

    function testFuzz_PageIsSliceOfList(uint256 offset, uint256 limit) external view {
        offset = bound(offset, 0, 5);
        // Limits beyond any list must not overflow either.
        limit = limit % 2 == 0 ? limit % 6 : type(uint256).max - limit % 6;
        address[] memory all = registry.getOperators();
        address[] memory page = registry.operatorsPage(offset, limit);
        uint256 left = offset < all.length ? all.length - offset : 0;
        assertEq(page.length, left < limit ? left : limit);
        for (uint256 i = 0; i < page.length; i++) {
            assertEq(page[i], all[offset + i]);
        }
    }

    function testFuzz_ListMatchesModel(uint8[40] calldata moves) external {
        expected[alice] = true;
        expected[bob] = true;
        expected[carol] = true;
        expectedCount = 3;
        vm.startPrank(address(apps));
        for (uint256 i = 0; i < moves.length; i++) {
            address wallet = address(uint160(0x1000 + moves[i] % 8));
            bool add = moves[i] >= 128;
            if (add) registry.addOperator(wallet, appId, versionId, i);
            else registry.removeOperator(wallet, appId, versionId, i);
            if (expected[wallet] != add) expectedCount = add ? expectedCount + 1 : expectedCount - 1;
            expected[wallet] = add;

            address[] memory all = registry.getOperators();
            assertEq(all.length, expectedCount);
            for (uint256 k = 0; k < all.length; k++) {
                assertTrue(expected[all[k]] && registry.isOperator(all[k]));
                for (uint256 l = 0; l < k; l++) {
                    assertNotEq(all[k], all[l]);
                }
            }
            assertEq(registry.isOperator(wallet), add);
        }
    }
}

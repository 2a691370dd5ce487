// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevNovaAppRegistry} from "../../src/dev/DevNovaAppRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {GasBurner} from "../mocks/GasBurner.sol";
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
        apps.devSetDappContract(appId, address(new GasBurner()));
        stop(bob);
        apps.devSetDappContract(appId, address(registry));
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

    function test_SyncRemovesRevokedApp() external {
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.REVOKED);
        assertTrue(registry.isOperator(alice), "nothing was called back");
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
    }

    function test_SyncRemovesUnapproved() external {
        vm.prank(owner);
        registry.removeMeasurement(MEASUREMENT);
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
    }

    function test_SyncRemovesUnreadable() external {
        bytes memory code = address(apps).code;
        vm.etch(address(apps), address(new GasBurner()).code);
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
        vm.etch(address(apps), code);
        registry.syncOperator(alice);
        assertTrue(registry.isOperator(alice));
    }

    function test_SyncAfterRegistryChange() external {
        DevNovaAppRegistry other = new DevNovaAppRegistry();
        scheduleAndExecute(IKMSRegistry.ActionKind.SetNovaAppRegistry, abi.encode(other));
        registry.syncOperator(alice);
        assertFalse(registry.isOperator(alice));
        // The old registry's callbacks are no longer taken, so its own try/catch reports a failure.
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackFailed(appId, address(registry), "removeOperator failed");
        stop(bob);
        registry.syncOperator(bob);
        assertFalse(registry.isOperator(bob));
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
        registry.syncOperator(address(0x100000 + 500));
        assertEq(registry.operatorCount(), 499, "anyone makes room where a wallet does not belong");
        register(dave);
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

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

contract InitializeTest is RegistryTest {
    function expectInitRevert(IKMSRegistry.InitParams memory params, bytes memory reason) private {
        KMSRegistry implementation = new KMSRegistry();
        bytes memory data = abi.encodeCall(IKMSRegistry.initialize, (params));
        vm.expectRevert(reason);
        new ERC1967Proxy(address(implementation), data);
    }

    function outOfRange(uint256 value, uint256 min, uint256 max) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKMSRegistry.KMSRegistry_OutOfRange.selector, value, min, max);
    }

    function test_RevertWhen_ImplementationIsInitialised() external {
        KMSRegistry implementation = new KMSRegistry();
        IKMSRegistry.InitParams memory params = defaultParams();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        implementation.initialize(params);
        assertEq(implementation.owner(), address(0));
    }

    function test_RevertWhen_OwnerIsZero() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.owner = address(0);
        expectInitRevert(params, abi.encodeWithSelector(OwnableUpgradeable.OwnableInvalidOwner.selector, address(0)));
    }

    function test_RevertWhen_GuardianIsZero() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.guardian = address(0);
        expectInitRevert(params, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ZeroAddress.selector));
    }

    function test_RevertWhen_NovaAppRegistryIsZero() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.novaAppRegistry = address(0);
        expectInitRevert(params, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ZeroAddress.selector));
    }

    function test_RevertWhen_ConfirmationTargetIsOutOfRange() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.confirmationTarget = 0;
        expectInitRevert(params, outOfRange(0, 1, 16));
        params.confirmationTarget = 17;
        expectInitRevert(params, outOfRange(17, 1, 16));
    }

    function test_RevertWhen_ProposalBlocksAreOutOfRange() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.proposalBlocks = 0;
        expectInitRevert(params, outOfRange(0, 1, 1_000_000));
        params.proposalBlocks = 1_000_001;
        expectInitRevert(params, outOfRange(1_000_001, 1, 1_000_000));
    }

    function test_RevertWhen_RotationIntervalIsOutOfRange() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.rotationInterval = uint64(type(uint32).max) + 1;
        expectInitRevert(params, outOfRange(params.rotationInterval, 0, type(uint32).max));
    }

    function test_RevertWhen_DelayFloorIsOutOfRange() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.delayFloor = 0;
        expectInitRevert(params, outOfRange(0, 1, 30 days));
        params.delayFloor = 30 days + 1;
        expectInitRevert(params, outOfRange(30 days + 1, 1, 30 days));
    }

    function test_RevertWhen_DelayIsOutOfRange() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.delay = DELAY_FLOOR - 1;
        expectInitRevert(params, outOfRange(DELAY_FLOOR - 1, DELAY_FLOOR, 30 days));
        params.delay = 30 days + 1;
        expectInitRevert(params, outOfRange(30 days + 1, DELAY_FLOOR, 30 days));
    }

    function test_RevertWhen_MeasurementIsZero() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.measurements[0] = 0;
        expectInitRevert(params, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_ZeroHash.selector));
    }

    function test_RevertWhen_MeasurementIsDuplicate() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.measurements = new bytes32[](2);
        params.measurements[0] = MEASUREMENT;
        params.measurements[1] = MEASUREMENT;
        expectInitRevert(
            params, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_MeasurementKnown.selector, MEASUREMENT)
        );
    }

    function test_RevertWhen_MeasurementsAreTooMany() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.measurements = new bytes32[](17);
        for (uint256 i = 0; i < 17; i++) {
            params.measurements[i] = bytes32(i + 1);
        }
        expectInitRevert(params, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_TooManyMeasurements.selector));
    }

    function test_SetsEveryValue() external view {
        assertEq(registry.owner(), owner);
        assertEq(registry.pendingOwner(), address(0));
        assertEq(registry.guardian(), guardian);
        assertEq(registry.novaAppRegistry(), address(apps));
        assertEq(registry.kmsAppId(), appId);
        assertEq(registry.confirmationTarget(), TARGET);
        assertEq(registry.proposalBlocks(), PROPOSAL_BLOCKS);
        assertEq(registry.rotationInterval(), ROTATION_INTERVAL);
        assertEq(registry.delay(), DELAY);
        assertEq(registry.delayFloor(), DELAY_FLOOR);
        assertEq(registry.approvedMeasurements().length, 1);
        assertTrue(registry.isApprovedMeasurement(MEASUREMENT));
        assertFalse(registry.isApprovedMeasurement(OTHER_MEASUREMENT));
        assertEq(registry.epochCount(), 0);
        assertEq(registry.defaultEpoch(), 0);
        assertEq(registry.masterSecretHash(), 0);
        assertTrue(registry.nextEpochWanted());
        assertFalse(registry.proposalsPaused());
        assertEq(registry.proposal().id, 0);
        assertFalse(registry.proposal().open);
        assertEq(registry.actionCount(), 0);
    }

    function test_EmitsEveryValue() external {
        KMSRegistry implementation = new KMSRegistry();
        bytes memory data = abi.encodeCall(IKMSRegistry.initialize, (defaultParams()));
        vm.expectEmit();
        emit OwnableUpgradeable.OwnershipTransferred(address(0), owner);
        vm.expectEmit();
        emit IKMSRegistry.DelaySet(DELAY);
        vm.expectEmit();
        emit IKMSRegistry.GuardianSet(guardian);
        vm.expectEmit();
        emit IKMSRegistry.NovaAppRegistrySet(address(apps));
        vm.expectEmit();
        emit IKMSRegistry.ConfirmationTargetSet(TARGET);
        vm.expectEmit();
        emit IKMSRegistry.ProposalBlocksSet(PROPOSAL_BLOCKS);
        vm.expectEmit();
        emit IKMSRegistry.RotationIntervalSet(ROTATION_INTERVAL);
        vm.expectEmit();
        emit IKMSRegistry.MeasurementApproved(MEASUREMENT);
        vm.expectEmit();
        emit IKMSRegistry.KmsAppIdSet(appId);
        new ERC1967Proxy(address(implementation), data);
    }

    function test_RevertWhen_InitialisedTwice() external {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.owner = stranger;
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        registry.initialize(params);
        assertEq(registry.owner(), owner);
    }

    function test_RevertWhen_AppIdIsSetTwice() external {
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_AppIdAlreadySet.selector, appId));
        vm.prank(owner);
        registry.setKmsAppId(appId + 1);
    }

    function withoutAppId() private returns (KMSRegistry) {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.kmsAppId = 0;
        return deployProxy(new KMSRegistry(), params);
    }

    function test_RevertWhen_StrangerSetsAppId() external {
        KMSRegistry fresh = withoutAppId();
        vm.expectRevert(abi.encodeWithSelector(OwnableUpgradeable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        fresh.setKmsAppId(appId);
    }

    function test_RevertWhen_AppIdIsZero() external {
        KMSRegistry fresh = withoutAppId();
        vm.expectRevert(IKMSRegistry.KMSRegistry_ZeroAppId.selector);
        vm.prank(owner);
        fresh.setKmsAppId(0);
    }

    function test_SetsAppIdOnce() external {
        KMSRegistry fresh = withoutAppId();
        vm.expectEmit(address(fresh));
        emit IKMSRegistry.KmsAppIdSet(appId);
        vm.prank(owner);
        fresh.setKmsAppId(appId);
        assertEq(fresh.kmsAppId(), appId);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_AppIdAlreadySet.selector, appId));
        vm.prank(owner);
        fresh.setKmsAppId(appId);
    }

    function test_NobodyCountsBeforeTheAppIdIsSet() external {
        KMSRegistry fresh = withoutAppId();
        assertFalse(fresh.isEligible(alice));
        assertFalse(fresh.isMember(alice));
        vm.startPrank(address(apps));
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongApp.selector, 0, 0));
        fresh.addOperator(alice, 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IKMSRegistry.KMSRegistry_WrongApp.selector, appId, 0));
        fresh.addOperator(alice, appId, versionId, 1);
        vm.stopPrank();
        // Unknown ids read as zeroed, ACTIVE apps, so a registry that had instances of app 0 would make them count.
        INovaAppRegistry.RuntimeInstance memory instance = apps.getInstanceByWallet(alice);
        INovaAppRegistry.AppVersion memory version = apps.getVersion(appId, versionId);
        instance.appId = 0;
        vm.mockCall(address(apps), abi.encodeCall(INovaAppRegistry.getInstanceByWallet, (alice)), abi.encode(instance));
        vm.mockCall(address(apps), abi.encodeCall(INovaAppRegistry.getVersion, (0, versionId)), abi.encode(version));
        assertFalse(fresh.isEligible(alice));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {NovaAppRegistryReader} from "../../src/libraries/NovaAppRegistryReader.sol";
import {GasBurner} from "../mocks/GasBurner.sol";
import {ReturnBomb} from "../mocks/ReturnBomb.sol";
import {SlowRegistry} from "../mocks/SlowRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";

contract EligibilityTest is RegistryTest {
    address internal dave = makeAddr("dave");

    /// @dev An app as older registries return it.
    struct OldApp {
        uint256 appId;
        address owner;
        bytes32 teeArch;
        address dappContract;
        string metadataUri;
        uint256 latestVersionId;
        uint256 createdAt;
        uint8 status;
    }

    function assertStanding(address wallet, bool eligible, bool member) private view {
        assertEq(registry.isEligible(wallet), eligible, "eligible");
        assertEq(registry.isMember(wallet), member, "member");
    }

    function answer(bytes4 selector, bytes memory data) private {
        vm.mockCall(address(apps), abi.encodePacked(selector), data);
    }

    // ------------------------------------------------------------------------------------------------ in order

    function test_Eligible() external view {
        assertStanding(alice, true, true);
    }

    function test_UnknownWallet() external view {
        assertStanding(dave, false, false);
        assertStanding(address(0), false, false);
    }

    /// @dev Zeroed records name version 0: whatever a registry may answer for that, it takes an instance first.
    function test_NoInstanceAndVersionZero() external {
        INovaAppRegistry.AppVersion memory version = apps.getVersion(appId, versionId);
        version.versionId = 0;
        vm.mockCall(address(apps), abi.encodeCall(INovaAppRegistry.getVersion, (appId, 0)), abi.encode(version));
        assertStanding(dave, false, false);
    }

    function test_InactiveInstance() external {
        stop(alice);
        assertStanding(alice, false, false);
        apps.devSetInstanceStatus(apps.getInstanceByWallet(bob).instanceId, INovaAppRegistry.InstanceStatus.FAILED);
        assertStanding(bob, false, false);
    }

    function test_NotZkVerified() external {
        registerUnproven(dave);
        assertTrue(registry.isOperator(dave));
        assertStanding(dave, false, false);
    }

    function test_AnotherApp() external {
        uint256 otherApp = apps.createApp("nitro", address(0), "other");
        uint256 otherVersion = apps.devEnrollVersion(otherApp, "1", MEASUREMENT);
        apps.devRegisterInstance(otherApp, otherVersion, dave, hex"04", "https://node.example", true);
        assertStanding(dave, false, false);
    }

    function test_InactiveApp() external {
        setAppStatus(INovaAppRegistry.AppStatus.INACTIVE);
        assertStanding(alice, false, false);
        setAppStatus(INovaAppRegistry.AppStatus.REVOKED);
        assertStanding(alice, false, false);
        setAppStatus(INovaAppRegistry.AppStatus.ACTIVE);
        assertStanding(alice, true, true);
    }

    function test_DeprecatedVersion() external {
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        assertStanding(alice, false, true);
    }

    function test_RevokedVersion() external {
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        assertStanding(alice, false, false);
    }

    /// @dev The app's owner alone takes the platform's revocation back: to members, never to eligible ones.
    function test_RevocationTakenBack() external {
        vm.prank(platform);
        apps.devSetVersionStatus(appId, versionId, INovaAppRegistry.VersionStatus.REVOKED);
        assertStanding(alice, false, false);
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        assertStanding(alice, false, true);
    }

    /// @dev What is final is here: no status of the platform gives back what the registry's owner removed.
    function test_RevocationTakenBackOfRemovedCode() external {
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        vm.prank(owner);
        registry.removeMeasurement(MEASUREMENT);
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        assertStanding(alice, false, false);
    }

    function test_UnapprovedMeasurement() external {
        // Enrolling a version alone gives nobody the secret.
        uint256 version = apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        register(dave, version);
        assertStanding(dave, false, false);
        scheduleAndExecute(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        assertStanding(dave, true, true);
    }

    function test_OlderRegistry() external {
        INovaAppRegistry.App memory app = apps.getApp(appId);
        answer(
            INovaAppRegistry.getApp.selector,
            abi.encode(
                OldApp(
                    app.appId,
                    app.owner,
                    app.teeArch,
                    app.dappContract,
                    app.metadataUri,
                    app.latestVersionId,
                    app.createdAt,
                    uint8(app.status)
                )
            )
        );
        assertStanding(alice, true, true);
        app.status = INovaAppRegistry.AppStatus.INACTIVE;
        answer(
            INovaAppRegistry.getApp.selector,
            abi.encode(OldApp(appId, address(0), 0, address(0), "", 0, 0, uint8(app.status)))
        );
        assertStanding(alice, false, false);
    }

    // ------------------------------------------------------------------------------------------------ hostile

    /// @dev What a call that failed brought back is no answer, however good it looks.
    function test_RevertWithARecord() external {
        vm.mockCallRevert(
            address(apps),
            abi.encodePacked(INovaAppRegistry.getInstanceByWallet.selector),
            abi.encode(apps.getInstanceByWallet(alice))
        );
        assertStanding(alice, false, false);
    }

    function test_RevertingRegistry() external {
        bytes4[3] memory reads = platformReads();
        for (uint256 i = 0; i < reads.length; i++) {
            vm.mockCallRevert(address(apps), abi.encodePacked(reads[i]), "paused");
            assertStanding(alice, false, false);
            vm.clearMockedCalls();
            assertStanding(alice, true, true);
        }
    }

    function testFuzz_ShortAnswers(uint256 length) external {
        bytes memory app = abi.encode(apps.getApp(appId));
        bytes memory instance = abi.encode(apps.getInstanceByWallet(alice));
        bytes memory version = abi.encode(apps.getVersion(appId, versionId));

        answer(INovaAppRegistry.getApp.selector, cut(app, bound(length, 0, 9 * 32 - 1)));
        assertStanding(alice, false, false);
        answer(INovaAppRegistry.getApp.selector, app);
        assertStanding(alice, true, true);

        answer(INovaAppRegistry.getInstanceByWallet.selector, cut(instance, bound(length, 0, 11 * 32 - 1)));
        assertStanding(alice, false, false);
        answer(INovaAppRegistry.getInstanceByWallet.selector, instance);

        answer(INovaAppRegistry.getVersion.selector, cut(version, bound(length, 0, 11 * 32 - 1)));
        assertStanding(alice, false, false);
    }

    function cut(bytes memory data, uint256 length) private pure returns (bytes memory result) {
        result = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            result[i] = data[i];
        }
    }

    function testFuzz_AnyAnswer(bytes calldata app, bytes calldata instance, bytes calldata version) external {
        answer(INovaAppRegistry.getApp.selector, app);
        answer(INovaAppRegistry.getInstanceByWallet.selector, instance);
        answer(INovaAppRegistry.getVersion.selector, version);
        // Nothing random names our app, wallet, version and measurement.
        assertStanding(alice, false, false);
    }

    /// @dev Overwrites one word of a well-formed answer; word 0 is the offset of the tuple.
    function assertWordMatters(bytes4 selector, bytes memory good, uint256 word, uint256 value) private {
        bytes memory bad = bytes.concat(good);
        assembly ("memory-safe") {
            mstore(add(bad, add(0x20, mul(word, 0x20))), value)
        }
        answer(selector, good);
        assertTrue(registry.isEligible(alice), "control");
        answer(selector, bad);
        assertFalse(registry.isEligible(alice), "one word off");
    }

    function test_MalformedInstance() external {
        bytes4 selector = INovaAppRegistry.getInstanceByWallet.selector;
        bytes memory good = abi.encode(apps.getInstanceByWallet(alice));
        assertWordMatters(selector, good, 0, 0x40);
        assertWordMatters(selector, good, 1, 0);
        assertWordMatters(selector, good, 2, appId + 1);
        assertWordMatters(selector, good, 3, versionId + 1);
        assertWordMatters(selector, good, 7, uint160(bob));
        assertWordMatters(selector, good, 7, uint160(alice) | 1 << 160);
        assertWordMatters(selector, good, 8, 0);
        assertWordMatters(selector, good, 8, 2);
        assertWordMatters(selector, good, 9, 1);
        assertWordMatters(selector, good, 9, 3);
        assertWordMatters(selector, good, 9, 1 << 8);
    }

    function test_MalformedVersion() external {
        bytes4 selector = INovaAppRegistry.getVersion.selector;
        bytes memory good = abi.encode(apps.getVersion(appId, versionId));
        assertWordMatters(selector, good, 0, 0);
        assertWordMatters(selector, good, 1, versionId + 1);
        assertWordMatters(selector, good, 3, 0);
        assertWordMatters(selector, good, 8, 1);
        assertWordMatters(selector, good, 8, 2);
        assertWordMatters(selector, good, 8, 3);
        assertWordMatters(selector, good, 8, 1 << 8);
    }

    function test_MalformedApp() external {
        bytes4 selector = INovaAppRegistry.getApp.selector;
        bytes memory good = abi.encode(apps.getApp(appId));
        assertWordMatters(selector, good, 0, 0);
        assertWordMatters(selector, good, 1, appId + 1);
        assertWordMatters(selector, good, 8, 1);
        assertWordMatters(selector, good, 8, 2);
        assertWordMatters(selector, good, 8, 1 << 8);
    }

    function test_GasBurningRegistry() external {
        vm.etch(address(apps), address(new GasBurner()).code);
        uint256 before = gasleft();
        assertFalse(registry.isEligible(alice));
        assertLt(before - gasleft(), NovaAppRegistryReader.READ_GAS + 50_000, "the first failure ends it");
    }

    function test_ReturnBombs() external {
        for (uint256 i = 0; i < 2; i++) {
            vm.etch(address(apps), address(new ReturnBomb(i == 0)).code);
            uint256 before = gasleft();
            assertStanding(alice, false, false);
            assertLt(before - gasleft(), 2 * NovaAppRegistryReader.READ_GAS + 100_000);
        }
    }

    function test_RegistryWithoutCode() external {
        scheduleAndExecute(IKMSRegistry.ActionKind.SetNovaAppRegistry, abi.encode(stranger));
        assertStanding(alice, false, false);
    }

    function testFuzz_StarvedReadNeverMeansIneligible(uint256 gasLimit) external {
        useSlowRegistry(200_000);
        assertGasDecidesNothing(bound(gasLimit, 5_000, 1_500_000));
    }

    /// @dev A registry that needs nearly all it is given, and gas limits so close that one of them would starve it by
    ///      the 1/64 that EIP-150 keeps back.
    function test_NoGasLimitStarvesARead() external {
        useSlowRegistry(296_500);
        for (uint256 gasLimit = 300_000; gasLimit < 1_300_000; gasLimit += 4_000) {
            assertGasDecidesNothing(gasLimit);
        }
    }

    function useSlowRegistry(uint256 gasUsed) private {
        IKMSRegistry.InitParams memory params = defaultParams();
        params.novaAppRegistry = address(new SlowRegistry(address(apps), gasUsed));
        registry = deployProxy(new KMSRegistry(), params);
        assertTrue(registry.isEligible(alice), "control");
    }

    function assertGasDecidesNothing(uint256 gasLimit) private view {
        try registry.isEligible{gas: gasLimit}(alice) returns (bool eligible) {
            assertTrue(eligible);
        } catch (bytes memory reason) {
            // Out of gas before the first read, or refused before the one that could be starved.
            if (reason.length != 0) {
                assertEq(reason, abi.encodeWithSelector(IKMSRegistry.KMSRegistry_GasTooLow.selector));
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevNovaAppRegistry} from "../../src/dev/DevNovaAppRegistry.sol";
import {INovaAppInterface} from "../../src/interfaces/INovaAppInterface.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {GasBurner} from "../mocks/GasBurner.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";

/// @notice Remembers how much gas its callback had.
contract GasMeter is INovaAppInterface {
    uint256 public gasSeen;

    function addOperator(address, uint256, uint256, uint256) external {
        gasSeen = gasleft();
    }

    function removeOperator(address, uint256, uint256, uint256) external {
        gasSeen = gasleft();
    }
}

contract DevNovaAppRegistryTest is RegistryTest {
    address internal dave = makeAddr("dave");

    function registerDave() private returns (uint256) {
        return apps.devRegisterInstance(appId, versionId, dave, hex"0405", "https://dave.example", true);
    }

    // ------------------------------------------------------------------------------------------------ reads

    function test_UnknownIdsReadAsZero() external view {
        INovaAppRegistry.App memory app;
        INovaAppRegistry.AppVersion memory version;
        INovaAppRegistry.RuntimeInstance memory instance;
        assertEq(abi.encode(apps.getApp(77)), abi.encode(app));
        assertEq(abi.encode(apps.getVersion(appId, 77)), abi.encode(version));
        assertEq(abi.encode(apps.getInstance(77)), abi.encode(instance));
        assertEq(abi.encode(apps.getInstanceByWallet(dave)), abi.encode(instance));
        assertEq(apps.getActiveInstances(77).length, 0);
    }

    function test_SelectorsAreThePlatforms() external pure {
        assertEq(INovaAppRegistry.getApp.selector, bytes4(0x24f3a51b));
        assertEq(INovaAppRegistry.getVersion.selector, bytes4(0x6987b075));
        assertEq(INovaAppRegistry.getInstanceByWallet.selector, bytes4(0x9863f8a2));
        assertEq(INovaAppRegistry.getInstance.selector, bytes4(0xebd348de));
        assertEq(INovaAppRegistry.getActiveInstances.selector, bytes4(0x8c228cbf));
        assertEq(INovaAppInterface.addOperator.selector, bytes4(0x70706ea7));
        assertEq(INovaAppInterface.removeOperator.selector, bytes4(0x1ba8065d));
    }

    // ------------------------------------------------------------------------------------------------ apps

    function test_CreatesApp() external {
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.AppCreated(2, stranger, "nitro", dave, "uri");
        vm.prank(stranger);
        uint256 id = apps.createApp("nitro", dave, "uri");
        assertEq(id, 2);
        assertEq(apps.appCount(), 2);
        INovaAppRegistry.App memory app = apps.getApp(id);
        assertEq(app.appId, id);
        assertEq(app.owner, stranger);
        assertEq(app.dappContract, dave);
        assertEq(app.metadataUri, "uri");
        assertEq(app.createdAt, block.timestamp);
        assertEq(uint8(app.status), 0);
    }

    function test_DappContractIsFixed() external {
        // No write of the registry changes it, whoever calls: what was given at creation is called back for ever.
        setAppStatus(INovaAppRegistry.AppStatus.INACTIVE);
        setAppStatus(INovaAppRegistry.AppStatus.REVOKED);
        setAppStatus(INovaAppRegistry.AppStatus.ACTIVE);
        apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        register(dave, 2);
        assertEq(apps.getApp(appId).dappContract, address(registry));
        (bool ok,) = address(apps).call(abi.encodeWithSignature("devSetDappContract(uint256,address)", appId, dave));
        assertFalse(ok, "there is no such call");
    }

    function test_OwnerPausesItsApp() external {
        vm.expectCall(address(registry), "", 0);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.AppStatusChanged(appId, INovaAppRegistry.AppStatus.INACTIVE, address(this));
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.INACTIVE);
        assertEq(uint8(apps.getApp(appId).status), 1);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.ACTIVE);
        assertEq(uint8(apps.getApp(appId).status), 0);
    }

    function test_PlatformRevokesAnApp() external {
        vm.expectCall(address(registry), "", 0);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.AppStatusChanged(appId, INovaAppRegistry.AppStatus.REVOKED, platform);
        vm.prank(platform);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.REVOKED);
        assertEq(uint8(apps.getApp(appId).status), 2);
        assertEq(apps.getActiveInstances(appId).length, 3, "the list does not ask the app");
    }

    /// @dev The way back takes both: REVOKED to INACTIVE by the platform, INACTIVE to ACTIVE by the owner.
    function test_RevokedAppComesBackInTwoSteps() external {
        bytes4 bad = DevNovaAppRegistry.DevNovaAppRegistry_BadTransition.selector;
        setAppStatus(INovaAppRegistry.AppStatus.REVOKED);
        for (uint256 status = 0; status < 3; status++) {
            vm.expectRevert(bad);
            apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus(status));
        }
        vm.expectRevert(bad);
        vm.prank(platform);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.ACTIVE);
        vm.prank(platform);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.INACTIVE);
        assertEq(uint8(apps.getApp(appId).status), 1);
        vm.expectRevert(bad);
        vm.prank(platform);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.ACTIVE);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.ACTIVE);
        assertEq(uint8(apps.getApp(appId).status), 0);
    }

    function test_RevertWhen_AppStatusIsAnothersBusiness() external {
        bytes4 bad = DevNovaAppRegistry.DevNovaAppRegistry_BadTransition.selector;
        vm.expectRevert(abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_NotAllowed.selector, stranger));
        vm.prank(stranger);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.INACTIVE);
        vm.expectRevert(bad);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.REVOKED);
        vm.expectRevert(bad);
        vm.prank(platform);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.INACTIVE);
        assertEq(uint8(apps.getApp(appId).status), 0);
    }

    /// @dev Who owns the registry has the platform's rights over an app of its own, and not the owner's.
    function test_RevertWhen_ThePlatformPausesItsOwnApp() external {
        vm.startPrank(platform);
        uint256 own = apps.createApp("nitro", address(0), "own");
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_BadTransition.selector);
        apps.devSetAppStatus(own, INovaAppRegistry.AppStatus.INACTIVE);
        vm.stopPrank();
    }

    function test_RevertWhen_AppIsUnknown() external {
        bytes4 notFound = DevNovaAppRegistry.DevNovaAppRegistry_NotFound.selector;
        vm.expectRevert(notFound);
        apps.devSetAppStatus(77, INovaAppRegistry.AppStatus.REVOKED);
        vm.expectRevert(notFound);
        apps.devEnrollVersion(77, "1", MEASUREMENT);
        vm.expectRevert(notFound);
        apps.devSetVersionStatus(77, 1, INovaAppRegistry.VersionStatus.REVOKED);
        vm.expectRevert(notFound);
        apps.devRegisterInstance(77, 1, dave, hex"04", "https://n", true);
    }

    // ------------------------------------------------------------------------------------------------ versions

    function test_EnrollsVersion() external {
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.VersionEnrolled(appId, 2, "2.0", OTHER_MEASUREMENT, "dev");
        assertEq(apps.devEnrollVersion(appId, "2.0", OTHER_MEASUREMENT), 2);
        INovaAppRegistry.AppVersion memory version = apps.getVersion(appId, 2);
        assertEq(version.versionId, 2);
        assertEq(version.versionName, "2.0");
        assertEq(version.codeMeasurement, OTHER_MEASUREMENT);
        assertEq(uint8(version.status), 0);
        assertEq(version.enrolledAt, block.timestamp);
        assertEq(version.enrolledBy, address(this));
        assertEq(apps.getApp(appId).latestVersionId, 2);
    }

    function test_EnrollsVersionByItsRegisters() external {
        bytes[3] memory pcrs;
        for (uint256 i = 0; i < 3; i++) {
            pcrs[i] = bytes.concat(keccak256(abi.encode(i)), bytes16(keccak256("second half")));
        }
        bytes32 measurement = keccak256(bytes.concat(pcrs[0], pcrs[1], pcrs[2]));
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.VersionEnrolled(appId, 2, "2.0", measurement, "image");
        assertEq(
            apps.enrollVersion(appId, "2.0", pcrs[0], pcrs[1], pcrs[2], "image", "https://audit", "hash", "run"), 2
        );
        INovaAppRegistry.AppVersion memory version = apps.getVersion(appId, 2);
        assertEq(version.codeMeasurement, measurement);
        assertEq(version.imageUri, "image");
        assertEq(version.auditUrl, "https://audit");
        assertEq(version.auditHash, "hash");
        assertEq(version.githubRunId, "run");
        vm.expectRevert(abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_DuplicateMeasurement.selector, 2));
        apps.enrollVersion(appId, "3.0", pcrs[0], pcrs[1], pcrs[2], "image", "", "", "");
    }

    function test_RevertWhen_RegistersOrImageAreMalformed() external {
        bytes memory good = new bytes(48);
        for (uint256 i = 0; i < 4; i++) {
            bytes[3] memory pcrs = [good, good, good];
            if (i < 3) pcrs[i] = new bytes(47 + 2 * (i % 2));
            vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_BadArgument.selector);
            apps.enrollVersion(appId, "2.0", pcrs[0], pcrs[1], pcrs[2], i < 3 ? "image" : "", "", "", "");
        }
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_NotAllowed.selector, stranger));
        apps.enrollVersion(appId, "2.0", good, good, good, "image", "", "", "");
    }

    function test_RevertWhen_VersionCannotBeEnrolled() external {
        vm.expectRevert(
            abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_DuplicateMeasurement.selector, versionId)
        );
        apps.devEnrollVersion(appId, "2", MEASUREMENT);
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_BadArgument.selector);
        apps.devEnrollVersion(appId, "2", 0);
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_BadArgument.selector);
        apps.devEnrollVersion(appId, "", OTHER_MEASUREMENT);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.INACTIVE);
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_NotOpenForRegistration.selector);
        apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
    }

    function test_OwnerDeprecatesAndRevokes() external {
        vm.expectCall(address(registry), "", 0);
        INovaAppRegistry.VersionStatus[2] memory statuses =
            [INovaAppRegistry.VersionStatus.DEPRECATED, INovaAppRegistry.VersionStatus.REVOKED];
        for (uint256 i = 0; i < statuses.length; i++) {
            vm.expectEmit(address(apps));
            emit INovaAppRegistry.VersionStatusChanged(appId, versionId, statuses[i]);
            setVersionStatus(statuses[i]);
            assertEq(uint8(apps.getVersion(appId, versionId).status), i + 1);
        }
    }

    function test_PlatformRevokesAVersion() external {
        vm.expectCall(address(registry), "", 0);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.VersionStatusChanged(appId, versionId, INovaAppRegistry.VersionStatus.REVOKED);
        vm.prank(platform);
        apps.devSetVersionStatus(appId, versionId, INovaAppRegistry.VersionStatus.REVOKED);
        assertEq(uint8(apps.getVersion(appId, versionId).status), 2);
    }

    function test_OwnerTakesARevocationBack() external {
        // Its own, and the platform's.
        address[2] memory revokers = [address(this), platform];
        for (uint256 i = 0; i < revokers.length; i++) {
            vm.prank(revokers[i]);
            apps.devSetVersionStatus(appId, versionId, INovaAppRegistry.VersionStatus.REVOKED);
            setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
            assertEq(uint8(apps.getVersion(appId, versionId).status), 1);
        }
    }

    function test_RevertWhen_VersionIsEnrolledAgain() external {
        for (uint256 status = 0; status < 3; status++) {
            if (status != 0) setVersionStatus(INovaAppRegistry.VersionStatus(status));
            vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_BadTransition.selector);
            setVersionStatus(INovaAppRegistry.VersionStatus.ENROLLED);
        }
        // Nor under another number.
        vm.expectRevert(
            abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_DuplicateMeasurement.selector, versionId)
        );
        apps.devEnrollVersion(appId, "2", MEASUREMENT);
    }

    function test_RevertWhen_VersionStatusIsAnothersBusiness() external {
        bytes4 denied = DevNovaAppRegistry.DevNovaAppRegistry_NotAllowed.selector;
        vm.expectRevert(abi.encodeWithSelector(denied, platform));
        vm.prank(platform);
        apps.devSetVersionStatus(appId, versionId, INovaAppRegistry.VersionStatus.DEPRECATED);
        for (uint256 status = 1; status < 3; status++) {
            vm.expectRevert(abi.encodeWithSelector(denied, stranger));
            vm.prank(stranger);
            apps.devSetVersionStatus(appId, versionId, INovaAppRegistry.VersionStatus(status));
        }
        vm.expectRevert(abi.encodeWithSelector(denied, stranger));
        vm.prank(stranger);
        apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        assertEq(uint8(apps.getVersion(appId, versionId).status), 0);
    }

    function test_RevokedVersionLeavesTheActiveList() external {
        uint256 second = apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        register(dave, second);
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        address[] memory active = apps.getActiveInstances(appId);
        assertEq(active.length, 1);
        assertEq(active[0], dave);
        assertEq(uint8(apps.getInstanceByWallet(alice).status), 0, "its instances stay ACTIVE");
        assertTrue(registry.isOperator(alice), "and listed");

        // Nothing brings them back there; they can still be stopped.
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        assertEq(apps.getActiveInstances(appId).length, 1);
        stop(alice);
        assertFalse(registry.isOperator(alice));
        assertEq(apps.getActiveInstances(appId).length, 1);
    }

    function test_RevertWhen_VersionIsUnknown() external {
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_NotFound.selector);
        apps.devSetVersionStatus(appId, 77, INovaAppRegistry.VersionStatus.REVOKED);
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_NotFound.selector);
        apps.devRegisterInstance(appId, 77, dave, hex"04", "https://n", true);
    }

    // ------------------------------------------------------------------------------------------------ instances

    function test_RegistersInstance() external {
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.InstanceWalletBound(dave, 4, appId);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackSuccess(appId, address(registry), dave);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.InstanceRegistered(4, appId, versionId, dave, "https://dave.example", true);
        assertEq(registerDave(), 4);
        INovaAppRegistry.RuntimeInstance memory instance = apps.getInstance(4);
        assertEq(abi.encode(instance), abi.encode(apps.getInstanceByWallet(dave)));
        assertEq(instance.instanceId, 4);
        assertEq(instance.appId, appId);
        assertEq(instance.versionId, versionId);
        assertEq(instance.operator, address(this));
        assertEq(instance.instanceUrl, "https://dave.example");
        assertEq(instance.teePubkey, hex"0405");
        assertEq(instance.teeWalletAddress, dave);
        assertTrue(instance.zkVerified);
        assertEq(uint8(instance.status), 0);
        assertEq(instance.registeredAt, block.timestamp);
        assertTrue(registry.isOperator(dave));
    }

    function test_RevertWhen_InstanceIsMalformed() external {
        bytes4 bad = DevNovaAppRegistry.DevNovaAppRegistry_BadArgument.selector;
        vm.expectRevert(bad);
        apps.devRegisterInstance(appId, versionId, address(0), hex"04", "https://n", true);
        vm.expectRevert(bad);
        apps.devRegisterInstance(appId, versionId, dave, "", "https://n", true);
        vm.expectRevert(bad);
        apps.devRegisterInstance(appId, versionId, dave, new bytes(129), "https://n", true);
        string[6] memory urls = ["", "http", "http:/n", "https:/n/", "ftp://n.example", " https://n"];
        for (uint256 i = 0; i < urls.length; i++) {
            vm.expectRevert(bad);
            apps.devRegisterInstance(appId, versionId, dave, hex"04", urls[i], true);
        }
        assertEq(apps.instanceCount(), 3);
    }

    function test_AnythingAfterTheSchemeIsAUrl() external {
        string[4] memory urls = ["http://", "HTTPS://Node.example", "hTTp://\x00 ?", "https://"];
        for (uint160 i = 0; i < urls.length; i++) {
            apps.devRegisterInstance(appId, versionId, address(i + 1), hex"04", urls[i], true);
            assertEq(apps.getInstanceByWallet(address(i + 1)).instanceUrl, urls[i]);
        }
    }

    function test_RevertWhen_StrangerRegisters() external {
        bytes4 denied = DevNovaAppRegistry.DevNovaAppRegistry_NotAllowed.selector;
        address[2] memory others = [stranger, platform];
        for (uint256 i = 0; i < others.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(denied, others[i]));
            vm.prank(others[i]);
            registerDave();
        }
    }

    function test_RevertWhen_ThereIsNoProof() external {
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_ProofNeeded.selector);
        apps.devRegisterInstance(appId, versionId, dave, hex"04", "https://n", false);
    }

    function test_OldBuildRegistersMore() external {
        useOldBuild(true);
        // Anyone, with a proof; a DEPRECATED version.
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        vm.prank(stranger);
        registerDave();
        assertEq(apps.getInstanceByWallet(dave).operator, stranger);
        // Without one, the owner and the platform.
        bytes4 denied = DevNovaAppRegistry.DevNovaAppRegistry_NotAllowed.selector;
        vm.expectRevert(abi.encodeWithSelector(denied, stranger));
        vm.prank(stranger);
        apps.devRegisterInstance(appId, versionId, address(1), hex"04", "https://n", false);
        vm.prank(platform);
        apps.devRegisterInstance(appId, versionId, address(1), hex"04", "https://n", false);
        apps.devRegisterInstance(appId, versionId, address(2), hex"04", "https://n", false);
        assertFalse(apps.getInstanceByWallet(address(2)).zkVerified);
        // A REVOKED version takes nobody there either.
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_NotOpenForRegistration.selector);
        apps.devRegisterInstance(appId, versionId, address(3), hex"04", "https://n", true);
    }

    function test_WhoRegisteredMayStop() external {
        useOldBuild(true);
        vm.prank(stranger);
        uint256 id = registerDave();
        vm.prank(stranger);
        apps.devSetInstanceStatus(id, INovaAppRegistry.InstanceStatus.STOPPED);
        assertEq(uint8(apps.getInstance(id).status), 1);
        vm.prank(platform);
        apps.devSetInstanceStatus(1, INovaAppRegistry.InstanceStatus.FAILED);
        assertEq(uint8(apps.getInstance(1).status), 2);
    }

    function test_RevertWhen_StrangerStops() external {
        vm.expectRevert(abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_NotAllowed.selector, stranger));
        vm.prank(stranger);
        apps.devSetInstanceStatus(1, INovaAppRegistry.InstanceStatus.STOPPED);
    }

    /// @dev One enclave's key under several wallets: the platform does not mind, nodes do (docs/threat-model.md).
    function test_KeysAreNotUnique() external {
        registerDave();
        apps.devRegisterInstance(appId, versionId, stranger, hex"0405", "https://dave.example", true);
        assertEq(apps.getInstanceByWallet(stranger).teePubkey, apps.getInstanceByWallet(dave).teePubkey);
    }

    function test_RevertWhen_NotOpenForRegistration() external {
        bytes4 closed = DevNovaAppRegistry.DevNovaAppRegistry_NotOpenForRegistration.selector;
        setVersionStatus(INovaAppRegistry.VersionStatus.DEPRECATED);
        vm.expectRevert(closed);
        registerDave();
        setVersionStatus(INovaAppRegistry.VersionStatus.REVOKED);
        vm.expectRevert(closed);
        registerDave();
        versionId = apps.devEnrollVersion(appId, "2", OTHER_MEASUREMENT);
        apps.devSetAppStatus(appId, INovaAppRegistry.AppStatus.INACTIVE);
        vm.expectRevert(closed);
        registerDave();
    }

    function test_RevertWhen_WalletIsBound() external {
        bytes memory bound_ = abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_WalletBound.selector, 1);
        vm.expectRevert(bound_);
        register(alice);
        stop(alice);
        vm.expectRevert(bound_);
        register(alice);
    }

    function test_InstancesNeverComeBack() external {
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackSuccess(appId, address(registry), alice);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.InstanceStatusChanged(1, INovaAppRegistry.InstanceStatus.STOPPED);
        apps.devSetInstanceStatus(1, INovaAppRegistry.InstanceStatus.STOPPED);
        assertFalse(registry.isOperator(alice));
        bytes4 bad = DevNovaAppRegistry.DevNovaAppRegistry_BadTransition.selector;
        vm.expectRevert(bad);
        apps.devSetInstanceStatus(1, INovaAppRegistry.InstanceStatus.FAILED);
        vm.expectRevert(bad);
        apps.devSetInstanceStatus(1, INovaAppRegistry.InstanceStatus.ACTIVE);
        vm.expectRevert(bad);
        apps.devSetInstanceStatus(2, INovaAppRegistry.InstanceStatus.ACTIVE);
        vm.expectRevert(DevNovaAppRegistry.DevNovaAppRegistry_NotFound.selector);
        apps.devSetInstanceStatus(77, INovaAppRegistry.InstanceStatus.STOPPED);
    }

    function test_ListsActiveInstances() external {
        assertEq(apps.getActiveInstances(appId).length, 3);
        stop(alice);
        address[] memory active = apps.getActiveInstances(appId);
        assertEq(active.length, 2);
        assertEq(active[0], carol);
        assertEq(active[1], bob);
        stop(bob);
        stop(carol);
        assertEq(apps.getActiveInstances(appId).length, 0);
    }

    // ------------------------------------------------------------------------------------------------ callbacks

    function test_CallbackFailureIsCaught() external {
        address burner = address(new GasBurner());
        createAppFor(burner);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackFailed(appId, burner, "addOperator failed");
        registerDave();
        assertEq(apps.getInstanceByWallet(dave).instanceId, 4);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackFailed(appId, burner, "removeOperator failed");
        stop(dave);
        assertEq(uint8(apps.getInstance(4).status), 1);
    }

    function test_NoCallbackWithoutCode() external {
        createAppFor(stranger);
        vm.recordLogs();
        registerDave();
        assertEq(vm.getRecordedLogs().length, 2, "bound and registered");
        stop(dave);
        assertEq(vm.getRecordedLogs().length, 1, "status changed");
    }

    function test_CallbackGasIsLimited() external {
        GasMeter meter = new GasMeter();
        createAppFor(address(meter));
        registerDave();
        assertLe(meter.gasSeen(), 100_000);
        assertGt(meter.gasSeen(), 99_000);
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.CallbackGasLimitChanged(500_000);
        vm.prank(platform);
        apps.devSetCallbackGasLimit(500_000);
        stop(dave);
        assertLe(meter.gasSeen(), 500_000);
        assertGt(meter.gasSeen(), 499_000);
    }

    function createAppFor(address dappContract) private {
        appId = apps.createApp("nitro", dappContract, "called back");
        versionId = apps.devEnrollVersion(appId, "1", MEASUREMENT);
    }

    function test_RevertWhen_ThePlatformIsAskedFor() external {
        bytes memory denied =
            abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_NotAllowed.selector, address(this));
        vm.expectRevert(denied);
        apps.devSetCallbackGasLimit(200_000);
        vm.expectRevert(denied);
        apps.devUseOldBuild(true);
        assertEq(apps.callbackGasLimit(), 100_000);
        assertFalse(apps.oldBuild());
    }

    function test_RevertWhen_GasLimitIsOutOfRange() external {
        uint256[2] memory bad = [uint256(49_999), 500_001];
        for (uint256 i = 0; i < bad.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(DevNovaAppRegistry.DevNovaAppRegistry_BadGasLimit.selector, bad[i]));
            vm.prank(platform);
            apps.devSetCallbackGasLimit(bad[i]);
        }
        assertEq(apps.callbackGasLimit(), 100_000);
    }
}

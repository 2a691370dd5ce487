// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {DevNovaAppRegistry} from "../../src/dev/DevNovaAppRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppInterface} from "../../src/interfaces/INovaAppInterface.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Test} from "forge-std/Test.sol";

/// @notice A registry behind its proxy, a platform registry, our app with one approved version, and words to tell
///         stories with.
abstract contract RegistryTest is Test {
    uint32 internal constant TARGET = 2;
    uint64 internal constant PROPOSAL_BLOCKS = 100;
    uint64 internal constant ROTATION_INTERVAL = 1000;
    uint64 internal constant DELAY = 2 days;
    uint64 internal constant DELAY_FLOOR = 1 days;
    bytes32 internal constant MEASUREMENT = keccak256("approved code");
    bytes32 internal constant OTHER_MEASUREMENT = keccak256("other code");
    bytes32 internal constant HASH_1 = keccak256("secret 1");
    bytes32 internal constant HASH_2 = keccak256("secret 2");
    bytes32 internal constant HASH_3 = keccak256("secret 3");

    address internal owner = makeAddr("owner");
    address internal platform = makeAddr("platform");
    address internal guardian = makeAddr("guardian");
    address internal stranger = makeAddr("stranger");

    DevNovaAppRegistry internal apps;
    KMSRegistry internal registry;
    uint256 internal appId;
    uint256 internal versionId;

    // Three operators with keys, registered in setUp.
    address internal alice;
    address internal bob;
    address internal carol;
    uint256 internal aliceKey;
    uint256 internal bobKey;
    uint256 internal carolKey;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        vm.roll(1_000_000);
        (alice, aliceKey) = makeAddrAndKey("alice");
        (bob, bobKey) = makeAddrAndKey("bob");
        (carol, carolKey) = makeAddrAndKey("carol");
        apps = new DevNovaAppRegistry(platform);
        createKmsApp();
        register(alice);
        register(bob);
        register(carol);
    }

    // ------------------------------------------------------------------------------------------------ set-up

    /// @dev An app's callbacks go to the same contract for ever, so the registry comes first, and is told the id that the
    ///      app will have.
    function createKmsApp() internal {
        appId = apps.appCount() + 1;
        registry = deployProxy(new KMSRegistry(), defaultParams());
        assertEq(apps.createApp("nitro", address(registry), "kms"), appId);
        versionId = apps.devEnrollVersion(appId, "1", MEASUREMENT);
    }

    function defaultParams() internal view virtual returns (IKMSRegistry.InitParams memory params) {
        params.owner = owner;
        params.guardian = guardian;
        params.novaAppRegistry = address(apps);
        params.kmsAppId = appId;
        params.confirmationTarget = TARGET;
        params.proposalBlocks = PROPOSAL_BLOCKS;
        params.rotationInterval = ROTATION_INTERVAL;
        params.delay = DELAY;
        params.delayFloor = DELAY_FLOOR;
        params.measurements = new bytes32[](1);
        params.measurements[0] = MEASUREMENT;
    }

    function deployProxy(KMSRegistry implementation, IKMSRegistry.InitParams memory params)
        internal
        returns (KMSRegistry)
    {
        return KMSRegistry(
            address(new ERC1967Proxy(address(implementation), abi.encodeCall(IKMSRegistry.initialize, (params))))
        );
    }

    // ------------------------------------------------------------------------------------------------ platform

    function register(address wallet) internal returns (uint256 instanceId) {
        return register(wallet, versionId);
    }

    function register(address wallet, uint256 version) internal returns (uint256 instanceId) {
        return apps.devRegisterInstance(appId, version, wallet, hex"04", "https://node.example", true);
    }

    /// @dev As the platform's old build allowed it, and registers it still.
    function registerUnproven(address wallet) internal {
        useOldBuild(true);
        apps.devRegisterInstance(appId, versionId, wallet, hex"04", "https://node.example", false);
        useOldBuild(false);
    }

    function useOldBuild(bool old) internal {
        vm.prank(platform);
        apps.devUseOldBuild(old);
    }

    /// @dev Callbacks fail from now on, as they do when they run out of gas; `vm.clearMockedCalls` ends that.
    function loseCallbacks() internal {
        vm.mockCallRevert(address(registry), abi.encodePacked(INovaAppInterface.addOperator.selector), "");
        vm.mockCallRevert(address(registry), abi.encodePacked(INovaAppInterface.removeOperator.selector), "");
    }

    function stop(address wallet) internal {
        apps.devSetInstanceStatus(apps.getInstanceByWallet(wallet).instanceId, INovaAppRegistry.InstanceStatus.STOPPED);
    }

    function setVersionStatus(INovaAppRegistry.VersionStatus status) internal {
        apps.devSetVersionStatus(appId, versionId, status);
    }

    /// @dev By whoever may: the platform revokes and takes that back, the owner does the rest.
    function setAppStatus(INovaAppRegistry.AppStatus status) internal {
        bool revoked = apps.getApp(appId).status == INovaAppRegistry.AppStatus.REVOKED;
        if (revoked || status == INovaAppRegistry.AppStatus.REVOKED) {
            vm.prank(platform);
            apps.devSetAppStatus(appId, revoked ? INovaAppRegistry.AppStatus.INACTIVE : status);
        }
        if (status == INovaAppRegistry.AppStatus.REVOKED) return;
        apps.devSetAppStatus(appId, status);
    }

    // ------------------------------------------------------------------------------------------------ epochs

    function propose(address operator, bytes32 hash) internal {
        uint64 next = registry.epochCount() + 1;
        vm.prank(operator);
        registry.proposeMasterSecret(hash, next);
    }

    function expectProposeRevert(address operator, bytes32 hash, bytes memory reason) internal {
        uint64 next = registry.epochCount() + 1;
        vm.expectRevert(reason);
        vm.prank(operator);
        registry.proposeMasterSecret(hash, next);
    }

    function confirm(address operator) internal {
        IKMSRegistry.Proposal memory p = registry.proposal();
        vm.prank(operator);
        registry.confirmMasterSecret(p.id, p.hash);
    }

    /// @dev Alice proposes, Bob confirms; the rotation is requested when it has to be.
    function activate(bytes32 hash) internal {
        if (!registry.nextEpochWanted()) {
            vm.prank(owner);
            registry.requestRotation();
        }
        propose(alice, hash);
        confirm(bob);
        assertFalse(registry.proposal().open, "activated");
    }

    /// @dev Epochs until there are so many.
    function activateEpochs(uint64 count) internal {
        for (uint64 i = registry.epochCount() + 1; i <= count; i++) {
            activate(keccak256(abi.encode("secret", i)));
        }
        assertEq(registry.epochCount(), count);
    }

    function expireProposal() internal {
        vm.roll(registry.proposal().expiresAtBlock);
    }

    // ------------------------------------------------------------------------------------------------ governance

    function schedule(IKMSRegistry.ActionKind kind, bytes memory data) internal returns (uint64 id) {
        vm.prank(owner);
        return registry.schedule(kind, data);
    }

    function execute(uint64 id) internal {
        vm.prank(owner);
        registry.execute(id);
    }

    /// @dev Schedules an action and lets its delay pass.
    function ready(IKMSRegistry.ActionKind kind, bytes memory data) internal returns (uint64 id) {
        id = schedule(kind, data);
        vm.warp(block.timestamp + registry.delay());
    }

    /// @dev Takes the rights of everybody who runs this code; {lift} gives them back.
    function suspend(bytes32 measurement) internal {
        vm.prank(guardian);
        registry.suspendMeasurement(measurement);
    }

    function lift(bytes32 measurement) internal {
        vm.prank(owner);
        registry.liftSuspension(measurement);
    }

    function scheduleAndExecute(IKMSRegistry.ActionKind kind, bytes memory data) internal {
        execute(ready(kind, data));
    }

    /// @dev Every read of the platform's registry that eligibility rests on.
    function platformReads() internal pure returns (bytes4[3] memory) {
        return [
            INovaAppRegistry.getApp.selector,
            INovaAppRegistry.getInstanceByWallet.selector,
            INovaAppRegistry.getVersion.selector
        ];
    }
}

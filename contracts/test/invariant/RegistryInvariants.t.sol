// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {WilfulAppRegistry} from "../mocks/WilfulAppRegistry.sol";
import {ClusterHandler} from "./ClusterHandler.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {Test} from "forge-std/Test.sol";

/// @notice What holds after every call, whatever {ClusterHandler} plays. The rules about single calls (who may propose
///         and confirm, when an action executes) are asserted by the handler itself, at the moment of the call.
contract RegistryInvariants is Test {
    KMSRegistry private registry;
    WilfulAppRegistry private apps;
    ClusterHandler private handler;
    uint256 private appId;
    address private owner = makeAddr("owner");
    address private guardian = makeAddr("guardian");
    address private platform = makeAddr("platform");

    function setUp() external {
        vm.warp(1_800_000_000);
        vm.roll(1_000_000);
        apps = new WilfulAppRegistry(platform);
        vm.prank(platform);
        apps.devUseOldBuild(true);
        appId = 1;
        KMSRegistry implementation = new KMSRegistry();
        bytes32[] memory measurements = new bytes32[](1);
        measurements[0] = keccak256("measurement 1");
        IKMSRegistry.InitParams memory params = IKMSRegistry.InitParams({
            owner: owner,
            guardian: guardian,
            novaAppRegistry: address(apps),
            kmsAppId: appId,
            confirmationTarget: 2,
            proposalBlocks: 500,
            rotationInterval: 5_000,
            delay: 2 hours,
            delayFloor: 1 hours,
            measurements: measurements
        });
        registry = KMSRegistry(
            address(new ERC1967Proxy(address(implementation), abi.encodeCall(IKMSRegistry.initialize, (params))))
        );
        apps.createApp("nitro", address(registry), "kms");
        apps.devEnrollVersion(appId, "1", measurements[0]);
        apps.devEnrollVersion(appId, "2", keccak256("measurement 2"));
        handler = new ClusterHandler(registry, apps, appId, [address(implementation), address(new KMSRegistry())]);
        for (uint256 i = 0; i < 6; i++) {
            handler.join(i, false, false);
        }
        targetContract(address(handler));
        excludeSender(address(0));
    }

    /// @notice The list has no double entries, and the index says exactly what the list says.
    function invariant_OperatorListAndIndexAgree() external view {
        address[] memory list = registry.getOperators();
        assertEq(list.length, registry.operatorCount());
        uint256 indexed_;
        for (uint256 i = 0; i < 24; i++) {
            if (registry.isOperator(handler.walletOf(i))) indexed_++;
        }
        assertEq(indexed_, list.length);
        for (uint256 i = 0; i < list.length; i++) {
            assertTrue(registry.isOperator(list[i]));
            for (uint256 k = 0; k < i; k++) {
                assertNotEq(list[i], list[k]);
            }
        }
    }

    /// @notice At most one hash per epoch, no epoch without the handler having seen its activation, and nothing about
    ///         one ever changes but that it retires, by an executed action, for ever.
    function invariant_HistoryNeverChanges() external view {
        uint64 count = registry.epochCount();
        assertEq(count, handler.ghostHistoryLength());
        IKMSRegistry.EpochRecord[] memory page = registry.epochsPage(1, count);
        for (uint64 i = 1; i <= count; i++) {
            IKMSRegistry.EpochRecord memory ghost = handler.ghostEpoch(i - 1);
            ghost.retired = handler.ghostRetired(i);
            assertEq(abi.encode(page[i - 1]), abi.encode(ghost));
        }
    }

    /// @notice The current hash is the latest epoch's, or zero; the default is usable, or none; neither is ever retired
    ///         but by a reset, after which a new epoch is wanted.
    function invariant_CurrentAndDefaultAreUsable() external view {
        uint64 count = registry.epochCount();
        uint64 byDefault = registry.defaultEpoch();
        assertEq(byDefault, handler.ghostDefault());
        assertEq(registry.nextEpochWanted(), handler.ghostWanted());
        if (registry.nextEpochWanted()) assertLt(count, 256, "nodes could not read one more");
        if (count == 0 || handler.ghostRetired(count)) {
            assertEq(registry.masterSecretHash(), 0);
            assertEq(byDefault, 0);
            assertTrue(registry.nextEpochWanted());
        } else {
            assertEq(registry.masterSecretHash(), registry.epochAt(count).hash);
            assertTrue(byDefault != 0 && !handler.ghostRetired(byDefault));
        }
    }

    /// @notice An open proposal is for the next epoch, which is wanted; it is below its target; it ends in bounded time;
    ///         its counted confirmations are the listed ones.
    function invariant_OpenProposalIsBounded() external view {
        IKMSRegistry.Proposal memory p = registry.proposal();
        address[] memory confirmers = registry.confirmers(p.id);
        assertEq(confirmers.length, p.confirmations);
        for (uint256 i = 0; i < confirmers.length; i++) {
            assertTrue(registry.hasConfirmed(p.id, confirmers[i]));
        }
        if (!p.open) return;
        assertEq(p.epoch, registry.epochCount() + 1);
        assertTrue(registry.nextEpochWanted());
        assertLt(p.confirmations, registry.confirmationTarget());
        assertGt(p.expiresAtBlock, block.number);
        assertLe(p.expiresAtBlock - p.proposedAtBlock, 1_000_000);
        assertTrue(handler.ghostProposed(p.hash));
    }

    /// @notice Every rule is what the executed actions made it, and actions are what the handler saw of them.
    function invariant_RulesChangeOnlyByExecution() external view {
        assertEq(registry.confirmationTarget(), handler.ghostTarget());
        assertEq(registry.delay(), handler.ghostDelay());
        assertGe(registry.delay(), registry.delayFloor());
        assertEq(registry.delayFloor(), 1 hours);
        assertEq(registry.proposalBlocks(), handler.ghostProposalBlocks());
        assertEq(registry.rotationInterval(), handler.ghostRotationInterval());
        assertEq(registry.guardian(), handler.ghostGuardian());
        assertEq(registry.novaAppRegistry(), handler.ghostRegistry());
        assertEq(registry.proposalsPaused(), handler.ghostPaused());
        assertEq(registry.kmsAppId(), appId);
        assertEq(registry.owner(), owner);
        assertEq(
            vm.load(address(registry), ERC1967Utils.IMPLEMENTATION_SLOT),
            bytes32(uint256(uint160(handler.ghostImplementation())))
        );
        uint64 count = registry.actionCount();
        assertEq(count, handler.ghostActionCount());
        for (uint64 i = 1; i <= count; i++) {
            IKMSRegistry.Action memory action = registry.actionAt(i);
            ClusterHandler.GhostAction memory ghost = handler.ghostAction(i - 1);
            assertEq(uint8(action.kind), uint8(ghost.kind));
            assertEq(uint8(action.state), uint8(ghost.state));
            assertEq(action.executableAt, ghost.executableAt);
            assertEq(action.expiresAt, ghost.expiresAt);
        }
    }

    /// @notice Eligibility is what the platform's records and the approved measurements make it, for everyone.
    function invariant_EligibilityIsThePlatformsWord() external view {
        uint256 approved;
        uint256 suspended;
        for (uint256 i = 0; i < 2; i++) {
            bytes32 measurement = handler.measurements(i);
            assertEq(registry.isApprovedMeasurement(measurement), handler.ghostApproved(measurement));
            if (handler.ghostApproved(measurement)) approved++;
            if (handler.ghostSuspended(measurement)) suspended++;
        }
        assertEq(registry.approvedMeasurements().length, approved);
        assertEq(registry.suspendedMeasurements().length, suspended);
        for (uint256 i = 0; i < handler.walletCount(); i += 3) {
            address wallet = handler.walletOf(i);
            assertEq(registry.isEligible(wallet), handler.mayConfirm(wallet));
            if (registry.isEligible(wallet)) assertTrue(registry.isMember(wallet));
        }
    }

    /// @notice The handler is worth something: one long run in which everything happens that the invariants talk about.
    function test_HandlerReachesEverything() external {
        bytes32 seed = keccak256("nova");
        for (uint256 i = 0; i < 12_000; i++) {
            seed = keccak256(abi.encode(seed));
            step(uint256(seed) % 22, uint256(seed) >> 8);
        }
        string[25] memory names = [
            "lost callback",
            "left",
            "hostile",
            "kept under a hostile registry",
            "listed by sync",
            "repaired",
            "proposed",
            "proposed by signature",
            "confirmed",
            "confirmed by signature",
            "dropped",
            "activated",
            "expired",
            "rotation by owner",
            "rotation by anyone",
            "refused: early or expired",
            "refused: executed or cancelled",
            "cancelled",
            "paused",
            "another hash",
            "measurement removed",
            "the last removed by schedule",
            "suspended by the owner",
            "suspended by the guardian",
            "suspension lifted"
        ];
        for (uint256 i = 0; i < names.length; i++) {
            assertGt(handler.seen(bytes32(bytes(names[i]))), 0, names[i]);
        }
        for (uint256 kind = 1; kind <= uint256(type(IKMSRegistry.ActionKind).max); kind++) {
            assertGt(handler.seen(bytes32(kind)), 0, string.concat("no executed action of kind ", vm.toString(kind)));
        }
    }

    /// @notice The handler at the end of the history, where random runs do not come: it knows that nobody gets a next epoch.
    function test_HandlerFillsTheHistory() external {
        // Wallets 0 and 2 run approved code.
        for (uint256 i = 0; i < 256; i++) {
            handler.requestRotation(true);
            handler.propose(0, 4 * i + 1, false);
            handler.confirm(2, 1, false);
        }
        assertEq(registry.epochCount(), 256);
        handler.passTime(3 * 5_000 + 2);
        handler.requestRotation(true);
        handler.requestRotation(false);
        this.invariant_CurrentAndDefaultAreUsable();
    }

    function step(uint256 move, uint256 seed) private {
        bool flip = seed % 2 == 0;
        bool rare = seed % 16 < 2;
        uint256 a = seed >> 16;
        uint256 b = seed >> 80;
        if (move == 0) handler.join(a, rare, flip && rare);
        // There are 24 wallets, and none comes back.
        else if (move == 1 && seed % 40 == 0) handler.quit(a, b % 2 == 0);
        else if (move == 2) handler.changeStatus(a, flip);
        else if (move == 3) handler.turnHostile(a);
        else if (move < 6) handler.sync(a);
        else if (move == 6) handler.removeByCallback(a);
        else if (move < 9) handler.propose(a, b, flip);
        else if (move < 12) handler.confirm(a, b, flip);
        else if (move == 12) handler.requestRotation(rare);
        else if (move == 13) handler.passTime(a);
        else if (move == 14) handler.schedule(a, b);
        else if (move < 17) handler.execute(a, flip);
        else if (move == 17 && rare) handler.cancel(a, b);
        else if (move == 18) handler.pause(a);
        else if (move == 19) dropConfirmer(a, b, flip);
        else if (move == 20) handler.suspend(a, b);
        else if (rare) handler.removeMeasurement(a);
        else handler.trespass(a);
    }

    /// @dev A confirmer's version is deprecated, and others confirm while it is.
    function dropConfirmer(uint256 a, uint256 b, bool flip) private {
        handler.deprecateConfirmer(a, flip);
        for (uint256 i = 0; i < 8; i++) {
            handler.confirm(b % 24 + i, 1, flip);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {GasBurner} from "../mocks/GasBurner.sol";
import {ReturnBomb} from "../mocks/ReturnBomb.sol";
import {WilfulAppRegistry} from "../mocks/WilfulAppRegistry.sol";
import {Test} from "forge-std/Test.sol";

// Seeds are cut to size on purpose, and names of at most 32 characters become words.
// forge-lint: disable-start(unsafe-typecast)

/// @notice Plays the world around a registry: operators that join, leave, propose and confirm, a platform that loses
///         callbacks or turns hostile, an owner, a guardian, strangers, and time.
/// @dev It keeps its own idea of the truth (the ghosts), decided without the contract's code. Every call that succeeds
///      is checked here against it, at the moment it happens; what must hold at all times is in {RegistryInvariants}.
contract ClusterHandler is Test {
    uint256 private constant WALLETS = 24;
    uint256 private constant SECP_ORDER_BOUND = 1 << 250;

    KMSRegistry public immutable registry;
    WilfulAppRegistry public immutable apps;
    uint256 public immutable appId;
    address public immutable owner;
    address private immutable platform;
    address private immutable noRegistry = makeAddr("registry without code");
    address[2] private implementations;
    address[WALLETS + 1] private wallets;
    bytes private appsCode;
    address private burner = address(new GasBurner());
    address private bomb = address(new ReturnBomb(true));

    /// @dev Versions 1 and 2 have measurements that can be approved, each its own.
    bytes32[2] public measurements = [keccak256("measurement 1"), keccak256("measurement 2")];

    // ------------------------------------------------------------------------------------------------ ghosts

    struct GhostAction {
        IKMSRegistry.ActionKind kind;
        uint256 value;
        uint256 executableAt;
        uint256 expiresAt;
        IKMSRegistry.ActionState state;
    }

    bool public hostile;
    uint256 public walletCount;
    mapping(bytes32 measurement => bool) public ghostApproved;
    mapping(bytes32 measurement => bool) public ghostSuspended;
    mapping(uint64 epoch => bool) public ghostRetired;
    mapping(bytes32 hash => bool) public ghostProposed;
    IKMSRegistry.EpochRecord[] private ghostHistory;
    GhostAction[] private ghostActions;
    address public ghostImplementation;
    address public ghostGuardian;
    address public ghostRegistry;
    uint256 public ghostTarget;
    uint256 public ghostDelay;
    uint256 public ghostProposalBlocks;
    uint256 public ghostRotationInterval;
    uint64 public ghostDefault;
    bool public ghostWanted = true;
    bool public ghostPaused;

    /// @dev How often each thing worth seeing really happened; {RegistryInvariants} demands all of them.
    mapping(bytes32 what => uint256) public seen;

    constructor(KMSRegistry registry_, WilfulAppRegistry apps_, uint256 appId_, address[2] memory implementations_) {
        registry = registry_;
        apps = apps_;
        appId = appId_;
        owner = registry_.owner();
        platform = apps_.platform();
        implementations = implementations_;
        appsCode = address(apps_).code;
        ghostImplementation = implementations_[0];
        ghostGuardian = registry_.guardian();
        ghostRegistry = address(apps_);
        ghostTarget = registry_.confirmationTarget();
        ghostDelay = registry_.delay();
        ghostProposalBlocks = registry_.proposalBlocks();
        ghostRotationInterval = registry_.rotationInterval();
        ghostApproved[measurements[0]] = true;
        for (uint256 i = 0; i < wallets.length; i++) {
            wallets[i] = vm.addr(keyOf(i));
        }
    }

    function ghostHistoryLength() external view returns (uint256) {
        return ghostHistory.length;
    }

    function ghostEpoch(uint256 index) external view returns (IKMSRegistry.EpochRecord memory) {
        return ghostHistory[index];
    }

    function ghostActionCount() external view returns (uint256) {
        return ghostActions.length;
    }

    function ghostAction(uint256 index) external view returns (GhostAction memory) {
        return ghostActions[index];
    }

    function keyOf(uint256 index) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("wallet", index))) % SECP_ORDER_BOUND + 1;
    }

    function walletOf(uint256 index) public view returns (address) {
        return wallets[index];
    }

    /// @dev Who may propose and confirm, decided from the platform's records without a line of the registry's code.
    function mayConfirm(address wallet) public view returns (bool) {
        if (hostile || ghostRegistry != address(apps)) return false;
        INovaAppRegistry.RuntimeInstance memory instance = apps.getInstanceByWallet(wallet);
        if (instance.instanceId == 0 || instance.appId != appId || !instance.zkVerified) return false;
        if (instance.status != INovaAppRegistry.InstanceStatus.ACTIVE) return false;
        if (apps.getApp(appId).status != INovaAppRegistry.AppStatus.ACTIVE) return false;
        INovaAppRegistry.AppVersion memory version = apps.getVersion(appId, instance.versionId);
        return version.status == INovaAppRegistry.VersionStatus.ENROLLED && ghostApproved[version.codeMeasurement];
    }

    // ------------------------------------------------------------------------------------------------ the platform

    /// @notice A new node registers; its callback may get lost.
    function join(uint256 versionSeed, bool unverified, bool lost) external {
        if (hostile || walletCount == WALLETS) return;
        uint256 versionId = versionSeed % 2 + 1;
        if (apps.getVersion(appId, versionId).status != INovaAppRegistry.VersionStatus.ENROLLED) return;
        if (apps.getApp(appId).status != INovaAppRegistry.AppStatus.ACTIVE) return;
        address wallet = walletOf(walletCount++);
        if (lost) apps.setDappContract(appId, burner);
        // The old build takes the platform's instances without proof.
        vm.prank(platform);
        apps.devRegisterInstance(appId, versionId, wallet, hex"04", "https://node.example", !(unverified && lost));
        apps.setDappContract(appId, address(registry));
        if (!lost && ghostRegistry == address(apps)) assertTrue(registry.isOperator(wallet));
        if (lost) see("lost callback");
    }

    /// @notice A node stops; its callback may get lost.
    function quit(uint256 walletSeed, bool lost) external {
        if (hostile || walletCount == 0) return;
        address wallet = walletOf(walletSeed % walletCount);
        INovaAppRegistry.RuntimeInstance memory instance = apps.getInstanceByWallet(wallet);
        if (instance.status != INovaAppRegistry.InstanceStatus.ACTIVE) return;
        if (lost) apps.setDappContract(appId, burner);
        vm.prank(platform);
        apps.devSetInstanceStatus(instance.instanceId, INovaAppRegistry.InstanceStatus.STOPPED);
        apps.setDappContract(appId, address(registry));
        if (!lost && ghostRegistry == address(apps)) assertFalse(registry.isOperator(wallet));
        see("left");
    }

    /// @notice The platform's owner changes the status of a version or of the app. Nothing is called back.
    function changeStatus(uint256 seed, bool app) external {
        if (hostile) return;
        // Mostly in order, or nothing else would ever happen.
        uint8 status = seed % 8 < 6 ? 0 : uint8(seed % 8 - 5);
        if (app) apps.setAppStatus(appId, INovaAppRegistry.AppStatus(status));
        else apps.setVersionStatus(appId, seed / 8 % 2 + 1, INovaAppRegistry.VersionStatus(status));
    }

    /// @notice The version of an operator that has confirmed is deprecated, or enrolled again: the one case that random
    ///         changes of status meet too seldom.
    function deprecateConfirmer(uint256 seed, bool back) external {
        address[] memory confirmers = registry.confirmers(registry.proposal().id);
        if (hostile || confirmers.length == 0) return;
        uint256 versionId = apps.getInstanceByWallet(confirmers[seed % confirmers.length]).versionId;
        apps.setVersionStatus(
            appId, versionId, back ? INovaAppRegistry.VersionStatus.ENROLLED : INovaAppRegistry.VersionStatus.DEPRECATED
        );
    }

    /// @notice The platform's registry loses its code, burns gas or throws bombs of data; or recovers.
    function turnHostile(uint256 mode) external {
        mode = mode % 9;
        hostile = mode < 3;
        if (mode == 0) vm.etch(address(apps), "");
        else if (mode == 1) vm.etch(address(apps), burner.code);
        else if (mode == 2) vm.etch(address(apps), bomb.code);
        else vm.etch(address(apps), appsCode);
        if (hostile) see("hostile");
    }

    /// @notice Anyone repairs the list. Where the platform's word is complete it counts, and else nothing changes.
    function sync(uint256 walletSeed) external {
        address wallet = walletOf(walletSeed % WALLETS);
        bool listed = registry.isOperator(wallet);
        (bool decided, bool member) = wordOf(wallet);
        bool ok = callAs(address(this), abi.encodeCall(IKMSRegistry.syncOperator, (wallet)), false);
        assertEq(ok, decided, "goes through exactly where there is a word");
        assertEq(registry.isOperator(wallet), decided ? member : listed);
        assertEq(registry.isMember(wallet), decided && member);
        if (mayConfirm(wallet)) assertTrue(registry.isOperator(wallet));
        if (listed && hostile) see("kept under a hostile registry");
        if (listed != registry.isOperator(wallet)) see(member ? bytes32("listed by sync") : bytes32("repaired"));
    }

    /// @dev Whether the platform says anything about a wallet, and whether that it is a member; without a line of the
    ///      registry's code.
    function wordOf(address wallet) private view returns (bool decided, bool member) {
        if (hostile || ghostRegistry != address(apps)) return (false, false);
        if (apps.getApp(appId).status != INovaAppRegistry.AppStatus.ACTIVE) return (false, false);
        INovaAppRegistry.RuntimeInstance memory instance = apps.getInstanceByWallet(wallet);
        if (instance.instanceId == 0) return (false, false);
        if (instance.status != INovaAppRegistry.InstanceStatus.ACTIVE || !instance.zkVerified) return (true, false);
        INovaAppRegistry.AppVersion memory version = apps.getVersion(appId, instance.versionId);
        if (version.status == INovaAppRegistry.VersionStatus.REVOKED) return (true, false);
        return (!ghostSuspended[version.codeMeasurement], ghostApproved[version.codeMeasurement]);
    }

    /// @notice The registry's own removal goes through in whatever state the registry is.
    function removeByCallback(uint256 walletSeed) external {
        address wallet = walletOf(walletSeed % WALLETS);
        vm.prank(ghostRegistry);
        registry.removeOperator(wallet, appId, 1, 1);
        assertFalse(registry.isOperator(wallet));
    }

    // ------------------------------------------------------------------------------------------------ epochs

    /// @notice An operator, or somebody who is none, proposes a hash, new or old, directly or by signature.
    function propose(uint256 walletSeed, uint256 hashSeed, bool bySignature) external {
        uint256 index = walletSeed % (walletCount + 1);
        address wallet = walletOf(index);
        // One in four takes an old hash, if there is one.
        bytes32 hash = hashSeed % 4 == 0 && ghostHistory.length != 0
            ? ghostHistory[hashSeed / 4 % ghostHistory.length].hash
            : keccak256(abi.encode(hashSeed));
        IKMSRegistry.Proposal memory before = registry.proposal();
        bool allowed = ghostWanted && !ghostPaused && !before.open && !ghostProposed[hash]
            && registry.barredUntil(wallet) <= block.number && mayConfirm(wallet);
        uint256 target = ghostTarget;
        bool ok = callAs(
            wallet,
            bySignature
                ? signedProposal(index, hash)
                : abi.encodeCall(IKMSRegistry.proposeMasterSecret, (hash, registry.epochCount() + 1)),
            bySignature
        );
        assertEq(ok, allowed, "proposes exactly when it may");
        if (!ok) return;
        see(bySignature ? bytes32("proposed by signature") : bytes32("proposed"));
        if (before.id != 0 && !ghostProposalEnded(before)) see("expired");
        ghostProposed[hash] = true;
        IKMSRegistry.Proposal memory p = registry.proposal();
        assertEq(p.id, before.id + 1);
        assertEq(p.proposer, wallet);
        assertEq(p.hash, hash);
        assertEq(p.expiresAtBlock, block.number + ghostProposalBlocks);
        noteActivation(target);
    }

    /// @notice An operator, or somebody who is none, confirms the latest proposal or another.
    function confirm(uint256 walletSeed, uint256 idSeed, bool bySignature) external {
        uint256 index = walletSeed % (walletCount + 1);
        address wallet = walletOf(index);
        IKMSRegistry.Proposal memory p = registry.proposal();
        uint64 id = idSeed % 8 == 0 ? uint64(idSeed % 5) : p.id;
        bytes32 hash = idSeed % 16 == 9 ? keccak256(abi.encode(idSeed)) : p.hash;
        bool allowed =
            id == p.id && hash == p.hash && p.open && !registry.hasConfirmed(id, wallet) && mayConfirm(wallet);
        bytes memory data = bySignature
            ? signedConfirmation(index, id, hash, p)
            : abi.encodeCall(IKMSRegistry.confirmMasterSecret, (id, hash));
        bool ok = callAs(wallet, data, bySignature);
        assertEq(ok, allowed, "confirms exactly when it may");
        if (hash != p.hash) see("another hash");
        if (!ok) return;
        see(bySignature ? bytes32("confirmed by signature") : bytes32("confirmed"));
        if (registry.proposal().confirmations <= p.confirmations) see("dropped");
        noteActivation(ghostTarget);
    }

    /// @notice The owner or anyone asks for a rotation.
    function requestRotation(bool byOwner) external {
        bool due = ghostRotationInterval != 0 && ghostHistory.length != 0
            && block.number >= ghostHistory[ghostHistory.length - 1].activatedAtBlock + ghostRotationInterval;
        bool ok = callAs(byOwner ? owner : address(this), abi.encodeCall(IKMSRegistry.requestRotation, ()), false);
        assertEq(ok, !ghostWanted && ghostHistory.length < 256 && (byOwner || due));
        if (!ok) return;
        ghostWanted = true;
        see(byOwner ? bytes32("rotation by owner") : bytes32("rotation by anyone"));
    }

    /// @notice Time passes: seconds, hours or days, with a block every two seconds.
    function passTime(uint256 seed) external {
        uint256 blocks = seed % 3 == 0 ? seed / 3 % 10 : seed % 3 == 1 ? seed / 3 % 2_000 : seed / 3 % 100_000;
        vm.roll(block.number + blocks);
        vm.warp(block.timestamp + 2 * blocks);
    }

    // ------------------------------------------------------------------------------------------------ governance

    /// @notice The owner schedules something.
    function schedule(uint256 kindSeed, uint256 value) external {
        IKMSRegistry.ActionKind kind = IKMSRegistry.ActionKind(kindSeed % 13);
        // Resets are rare in life, and with one in thirteen actions no history would ever grow.
        if (kind == IKMSRegistry.ActionKind.Reset && value % 8 != 0) kind = IKMSRegistry.ActionKind.RetireEpoch;
        // And without approved code nothing else would ever happen.
        if (kind == IKMSRegistry.ActionKind.RemoveMeasurement && value % 4 != 0) {
            kind = IKMSRegistry.ActionKind.AddMeasurement;
        }
        bytes memory data;
        (data, value) = arguments(kind, value);
        bool ok = callAs(owner, abi.encodeCall(IKMSRegistry.schedule, (kind, data)), false);
        if (!ok) return;
        ghostActions.push(
            GhostAction(
                kind,
                value,
                block.timestamp + ghostDelay,
                block.timestamp + ghostDelay + 14 days,
                IKMSRegistry.ActionState.Scheduled
            )
        );
        see("scheduled");
    }

    /// @notice The owner executes something, often too early, too late or again.
    function execute(uint256 idSeed, bool wait) external {
        if (ghostActions.length == 0) return;
        uint64 id = uint64(idSeed % ghostActions.length) + 1;
        GhostAction storage action = ghostActions[id - 1];
        if (wait && block.timestamp < action.executableAt) {
            vm.roll(block.number + (action.executableAt - block.timestamp) / 2);
            vm.warp(action.executableAt);
        }
        bool timely = block.timestamp >= action.executableAt && block.timestamp < action.expiresAt;
        bool ok = callAs(owner, abi.encodeCall(IKMSRegistry.execute, (id)), false);
        if (!timely) see("refused: early or expired");
        if (action.state != IKMSRegistry.ActionState.Scheduled) see("refused: executed or cancelled");
        if (!ok) return;
        assertTrue(timely, "neither early nor late");
        assertEq(uint8(action.state), uint8(IKMSRegistry.ActionState.Scheduled), "neither twice nor after cancel");
        action.state = IKMSRegistry.ActionState.Executed;
        applyGhost(action);
        see("executed");
        see(bytes32(uint256(action.kind)));
    }

    /// @notice Owner, guardian or a stranger cancels something.
    function cancel(uint256 idSeed, uint256 callerSeed) external {
        if (ghostActions.length == 0) return;
        uint64 id = uint64(idSeed % ghostActions.length) + 1;
        GhostAction storage action = ghostActions[id - 1];
        address caller = callerSeed % 3 == 0 ? owner : callerSeed % 3 == 1 ? ghostGuardian : address(this);
        bool allowed = action.state == IKMSRegistry.ActionState.Scheduled
            && (caller == owner || (caller == ghostGuardian && action.kind != IKMSRegistry.ActionKind.SetGuardian));
        bool ok = callAs(caller, abi.encodeCall(IKMSRegistry.cancel, (id)), false);
        assertEq(ok, allowed);
        if (!ok) return;
        action.state = IKMSRegistry.ActionState.Cancelled;
        see("cancelled");
    }

    /// @notice The guardian pauses, the owner unpauses, everyone else is refused.
    function pause(uint256 callerSeed) external {
        address caller = callerSeed % 4 == 0 ? ghostGuardian : callerSeed % 4 == 1 ? address(this) : owner;
        if (ghostPaused) {
            bool ok = callAs(caller, abi.encodeCall(IKMSRegistry.unpauseProposals, ()), false);
            assertEq(ok, caller == owner);
            if (ok) ghostPaused = false;
        } else if (callerSeed % 5 == 0) {
            bool ok = callAs(caller, abi.encodeCall(IKMSRegistry.pauseProposals, ()), false);
            assertEq(ok, caller != address(this));
            if (ok) ghostPaused = true;
            if (ok) see("paused");
        }
    }

    /// @notice The owner takes an approval away, at once, unless it is the last.
    function removeMeasurement(uint256 seed) external {
        if (seed % 4 != 0) return;
        uint256 which = seed / 4 % 2;
        bytes32 measurement = measurements[which];
        bool allowed =
            (ghostApproved[measurement] || ghostSuspended[measurement]) && ghostApproved[measurements[1 - which]];
        bool ok = callAs(owner, abi.encodeCall(IKMSRegistry.removeMeasurement, (measurement)), false);
        assertEq(ok, allowed, "at once only while another is usable");
        if (!ok) return;
        (ghostApproved[measurement], ghostSuspended[measurement]) = (false, false);
        see("measurement removed");
    }

    /// @notice Owner, guardian or a stranger suspends an approval or lifts that.
    function suspend(uint256 callerSeed, uint256 seed) external {
        bytes32 measurement = measurements[seed % 2];
        address caller = callerSeed % 4 == 0 ? ghostGuardian : callerSeed % 4 == 1 ? address(this) : owner;
        // A brake that is pulled as often as it is let go stops everything.
        if (seed / 2 % 8 == 0) {
            bool ok = callAs(caller, abi.encodeCall(IKMSRegistry.suspendMeasurement, (measurement)), false);
            assertEq(ok, ghostApproved[measurement] && caller != address(this));
            if (!ok) return;
            (ghostApproved[measurement], ghostSuspended[measurement]) = (false, true);
            see(caller == owner ? bytes32("suspended by the owner") : bytes32("suspended by the guardian"));
        } else {
            bool ok = callAs(caller, abi.encodeCall(IKMSRegistry.liftSuspension, (measurement)), false);
            assertEq(ok, ghostSuspended[measurement] && caller == owner);
            if (!ok) return;
            (ghostApproved[measurement], ghostSuspended[measurement]) = (true, false);
            see("suspension lifted");
        }
    }

    /// @notice A stranger tries everything that is not for strangers.
    function trespass(uint256 seed) external {
        bytes[9] memory attempts = [
            abi.encodeCall(IKMSRegistry.schedule, (IKMSRegistry.ActionKind.Reset, "")),
            abi.encodeCall(IKMSRegistry.execute, (uint64(seed % 8))),
            abi.encodeCall(IKMSRegistry.removeMeasurement, (measurements[0])),
            abi.encodeCall(IKMSRegistry.setKmsAppId, (seed)),
            abi.encodeWithSignature("upgradeToAndCall(address,bytes)", implementations[1], ""),
            abi.encodeWithSignature("transferOwnership(address)", address(this)),
            abi.encodeWithSignature("renounceOwnership()"),
            abi.encodeWithSignature("upgradeToAndCall(address,bytes)", address(0), ""),
            abi.encodeWithSignature("addOperator(address,uint256,uint256,uint256)", address(this), appId, 1, 1)
        ];
        assertFalse(callAs(address(this), attempts[seed % 9], false));
        // Nobody upgrades directly or renounces, not even the owner; and the guardian does nothing of this.
        assertFalse(callAs(owner, attempts[seed % 3 == 0 ? 4 : seed % 3 + 5], false));
        assertFalse(callAs(ghostGuardian, attempts[seed % 8], false));
    }

    // ------------------------------------------------------------------------------------------------ internals

    function see(bytes32 what) private {
        seen[what]++;
    }

    /// @dev A relayed call comes from nobody in particular.
    function callAs(address caller, bytes memory data, bool relayed) private returns (bool ok) {
        vm.prank(relayed ? address(0xbeef) : caller);
        (ok,) = address(registry).call(data);
    }

    /// @dev Statements are built over the registry's address, so the digest is made as the registry makes it; that it
    ///      is the documented text is {StatementsTest}'s business.
    function digest(string memory verb, uint64 epoch, bytes32 hash, uint64 id, uint256 deadline)
        private
        view
        returns (bytes32)
    {
        string memory message = string.concat(
            string.concat("NovaKMS:", verb, ":", vm.toString(block.chainid), ":"),
            string.concat(vm.toLowercase(vm.toString(address(registry))), ":", vm.toString(epoch), ":"),
            string.concat(vm.toString(hash), ":", vm.toString(id), ":", vm.toString(deadline))
        );
        return
            keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n", vm.toString(bytes(message).length), message));
    }

    function signature(uint256 index, bytes32 digest_) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(index), digest_);
        return abi.encodePacked(r, s, v);
    }

    function signedProposal(uint256 index, bytes32 hash) private view returns (bytes memory) {
        uint64 epoch = registry.epochCount() + 1;
        bytes memory signed = signature(index, digest("Propose", epoch, hash, 0, block.timestamp));
        return abi.encodeCall(IKMSRegistry.proposeMasterSecretBySig, (hash, epoch, block.timestamp, signed));
    }

    function signedConfirmation(uint256 index, uint64 id, bytes32 hash, IKMSRegistry.Proposal memory p)
        private
        view
        returns (bytes memory)
    {
        // The deadline differs from one statement to the next, as it does in life.
        bytes memory signed = signature(index, digest("Confirm", p.epoch, hash, id, block.timestamp + p.confirmations));
        return abi.encodeCall(
            IKMSRegistry.confirmMasterSecretBySig, (id, p.epoch, hash, block.timestamp + p.confirmations, signed)
        );
    }

    function ghostProposalEnded(IKMSRegistry.Proposal memory p) private view returns (bool) {
        return block.number < p.expiresAtBlock
            || (ghostHistory.length != 0 && ghostHistory[ghostHistory.length - 1].hash == p.hash);
    }

    /// @dev Called after every accepted proposal and confirmation: the only calls that may add an epoch.
    function noteActivation(uint256 target) private {
        uint64 count = registry.epochCount();
        if (count == ghostHistory.length) return;
        assertEq(count, ghostHistory.length + 1, "one at a time");
        IKMSRegistry.Proposal memory p = registry.proposal();
        IKMSRegistry.EpochRecord memory record = registry.epochAt(count);
        address[] memory holders = registry.confirmers(p.id);
        assertEq(holders.length, target, "the required number");
        assertEq(record.confirmations, target);
        for (uint256 i = 0; i < holders.length; i++) {
            assertTrue(mayConfirm(holders[i]), "all eligible at that moment");
            for (uint256 k = 0; k < i; k++) {
                assertNotEq(holders[i], holders[k], "distinct");
            }
        }
        assertEq(record.hash, p.hash);
        assertEq(record.proposer, p.proposer);
        assertEq(record.activatedAtBlock, block.number);
        assertFalse(record.retired);
        for (uint256 i = 0; i < ghostHistory.length; i++) {
            assertNotEq(ghostHistory[i].hash, record.hash, "a hash is one epoch at most");
        }
        ghostHistory.push(record);
        ghostWanted = false;
        if (ghostDefault == 0) ghostDefault = count;
        see("activated");
    }

    function arguments(IKMSRegistry.ActionKind kind, uint256 value) private view returns (bytes memory, uint256) {
        if (kind == IKMSRegistry.ActionKind.Upgrade) {
            address target = implementations[value % 2];
            return (abi.encode(target, target.codehash, ""), value % 2);
        }
        if (kind == IKMSRegistry.ActionKind.Reset) return ("", 0);
        if (kind == IKMSRegistry.ActionKind.SetNovaAppRegistry) {
            value = uint160(value % 4 == 0 ? noRegistry : address(apps));
        } else if (kind == IKMSRegistry.ActionKind.SetGuardian) {
            value = 0x6000 + value % 4;
        } else if (kind == IKMSRegistry.ActionKind.AddMeasurement || kind == IKMSRegistry.ActionKind.RemoveMeasurement)
        {
            value = uint256(measurements[value % 2]);
        } else if (kind == IKMSRegistry.ActionKind.SetConfirmationTarget) {
            value = value % 4 + 1;
        } else if (kind == IKMSRegistry.ActionKind.SetDelay) {
            value = 1 hours + value % 3 days;
        } else if (kind == IKMSRegistry.ActionKind.SetProposalBlocks) {
            value = value % 2_000 + 1;
        } else if (kind == IKMSRegistry.ActionKind.SetRotationInterval) {
            value = value % 50_000;
        } else {
            value = value % (ghostHistory.length + 1);
        }
        return (abi.encode(value), value);
    }

    function applyGhost(GhostAction storage action) private {
        (IKMSRegistry.ActionKind kind, uint256 value) = (action.kind, action.value);
        if (kind == IKMSRegistry.ActionKind.Upgrade) ghostImplementation = implementations[value];
        else if (kind == IKMSRegistry.ActionKind.SetNovaAppRegistry) ghostRegistry = address(uint160(value));
        else if (kind == IKMSRegistry.ActionKind.AddMeasurement) addGhost(bytes32(value));
        else if (kind == IKMSRegistry.ActionKind.RemoveMeasurement) removeGhost(bytes32(value));
        else if (kind == IKMSRegistry.ActionKind.SetConfirmationTarget) ghostTarget = value;
        else if (kind == IKMSRegistry.ActionKind.SetDefaultEpoch) ghostDefault = uint64(value);
        else if (kind == IKMSRegistry.ActionKind.RetireEpoch) ghostRetired[uint64(value)] = true;
        else if (kind == IKMSRegistry.ActionKind.Reset) resetGhost();
        else if (kind == IKMSRegistry.ActionKind.SetGuardian) ghostGuardian = address(uint160(value));
        else if (kind == IKMSRegistry.ActionKind.SetDelay) ghostDelay = value;
        else if (kind == IKMSRegistry.ActionKind.SetProposalBlocks) ghostProposalBlocks = value;
        else if (kind == IKMSRegistry.ActionKind.SetRotationInterval) ghostRotationInterval = value;
        else fail();
        if (kind == IKMSRegistry.ActionKind.Reset || kind == IKMSRegistry.ActionKind.SetConfirmationTarget) {
            assertFalse(registry.proposal().open, "voided");
        }
    }

    function addGhost(bytes32 measurement) private {
        assertFalse(ghostApproved[measurement] || ghostSuspended[measurement], "no approval of what is known");
        ghostApproved[measurement] = true;
    }

    function removeGhost(bytes32 measurement) private {
        assertTrue(ghostApproved[measurement] || ghostSuspended[measurement], "no removal of what is unknown");
        if (!ghostApproved[measurements[0]] || !ghostApproved[measurements[1]]) see("the last removed by schedule");
        (ghostApproved[measurement], ghostSuspended[measurement]) = (false, false);
    }

    function resetGhost() private {
        for (uint64 i = 1; i <= ghostHistory.length; i++) {
            ghostRetired[i] = true;
        }
        ghostDefault = 0;
        ghostWanted = true;
    }
}
// forge-lint: disable-end(unsafe-typecast)

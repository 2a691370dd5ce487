// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {INovaAppInterface} from "./INovaAppInterface.sol";

/// @title IKMSRegistry
/// @notice The on-chain root of a Nova KMS cluster: who its operators are, which code may hold the master secret,
///         and the hash of the master secret of every epoch. It never sees a secret.
/// @dev Three ideas:
///
///      - The operator *list* is a convenience for discovery. Nothing is granted because a wallet is in it: every use
///        re-reads the app registry ({isEligible}).
///      - A secret becomes an *epoch* only when {confirmationTarget} distinct operators, all eligible at that moment,
///        said that they hold it. A proposal that nobody can back expires, so nobody is locked to its hash.
///      - What could hand the cluster to an attacker is *scheduled*, public for {delay} seconds, and cancellable by
///        the owner or the guardian. What takes rights away is immediate.
///
///      Block numbers are `block.number` and timestamps `block.timestamp` of the chain that this contract runs on.
interface IKMSRegistry is INovaAppInterface {
    // ------------------------------------------------------------------------------------------------ types

    /// @notice One epoch of the master secret. Epochs are numbered 1, 2, 3… and never change, except that they retire.
    /// @param hash Hash of the master secret.
    /// @param proposer Operator that proposed it.
    /// @param activatedAtBlock Block in which the last needed confirmation was mined.
    /// @param confirmations Distinct operators, all eligible at activation, that held the secret then.
    /// @param retired Whether the epoch may no longer be used.
    struct EpochRecord {
        bytes32 hash;
        address proposer;
        uint64 activatedAtBlock;
        uint32 confirmations;
        bool retired;
    }

    /// @notice A proposed master secret.
    /// @param id Number of the proposal, from 1; 0 when there never was one.
    /// @param epoch Epoch that it becomes when it activates.
    /// @param hash Hash of the proposed master secret.
    /// @param proposer Operator that proposed it and counts as the first confirmation.
    /// @param proposedAtBlock Block in which it was proposed.
    /// @param expiresAtBlock First block in which it can no longer be confirmed.
    /// @param confirmations Operators that have confirmed and were not dropped since.
    /// @param open Whether it can be confirmed in the current block: not activated, not voided, not expired.
    struct Proposal {
        uint64 id;
        uint64 epoch;
        bytes32 hash;
        address proposer;
        uint64 proposedAtBlock;
        uint64 expiresAtBlock;
        uint32 confirmations;
        bool open;
    }

    /// @notice Everything a node needs for one membership refresh, read in one call and therefore at one block.
    struct NodeState {
        uint256 kmsAppId;
        address novaAppRegistry;
        uint64 epochCount;
        uint64 defaultEpoch;
        bool nextEpochWanted;
        bool proposalsPaused;
        uint32 confirmationTarget;
        uint64 proposalBlocks;
        Proposal proposal;
        bytes32[] approvedMeasurements;
    }

    /// @notice What {initialize} takes.
    /// @param owner First owner. Production: a `TimelockController` behind a multisig.
    /// @param guardian May cancel scheduled actions, pause new proposals and suspend measurements.
    /// @param novaAppRegistry The platform's app registry.
    /// @param kmsAppId Our app's id, or 0 when the app does not exist yet: then {setKmsAppId} sets it, once.
    /// @param confirmationTarget Operators that must hold a secret before it activates, 1 to {MAX_CONFIRMATION_TARGET}.
    /// @param proposalBlocks Blocks for which a proposal can be confirmed; more than 3 times the nodes' finality depth.
    /// @param rotationInterval Blocks after an activation from which anyone may request a rotation; 0: only the owner.
    /// @param delay Seconds between scheduling and execution.
    /// @param delayFloor Least value {delay} can ever be set to, fixed for ever; at least 1.
    /// @param measurements Code measurements approved from the start.
    struct InitParams {
        address owner;
        address guardian;
        address novaAppRegistry;
        uint256 kmsAppId;
        uint32 confirmationTarget;
        uint64 proposalBlocks;
        uint64 rotationInterval;
        uint64 delay;
        uint64 delayFloor;
        bytes32[] measurements;
    }

    /// @notice Kinds of scheduled action, each with the ABI encoding of its `data`.
    enum ActionKind {
        /// Never scheduled: so that an empty record is no action.
        None,
        /// `(address implementation, bytes32 codeHash, bytes initCall)`
        Upgrade,
        /// `(address registry)`
        SetNovaAppRegistry,
        /// `(bytes32 measurement)`
        AddMeasurement,
        /// `(uint32 target)`; voids an open proposal
        SetConfirmationTarget,
        /// `(uint64 epoch)`
        SetDefaultEpoch,
        /// `(uint64 epoch)`
        RetireEpoch,
        /// empty; retires every epoch, voids an open proposal, wants a new epoch, for which there must be room
        Reset,
        /// `(address guardian)`
        SetGuardian,
        /// `(uint64 seconds)`
        SetDelay,
        /// `(uint64 blocks)`
        SetProposalBlocks,
        /// `(uint64 blocks)`, 0: only the owner may request a rotation
        SetRotationInterval,
        /// `(bytes32 measurement)`, approved or suspended; the only way to remove the last usable one
        RemoveMeasurement
    }

    /// @notice Life of an action. `Scheduled` is the only state that it leaves, and it leaves it once.
    enum ActionState {
        None,
        Scheduled,
        Executed,
        Cancelled
    }

    /// @notice A scheduled action.
    /// @param kind What it does.
    /// @param state Where it is in its life. An action that was not executed by `expiresAt` stays `Scheduled`, for ever
    ///        unable to execute.
    /// @param executableAt First timestamp at which it can be executed.
    /// @param expiresAt First timestamp at which it can no longer be executed.
    /// @param data ABI-encoded arguments, see {ActionKind}.
    struct Action {
        ActionKind kind;
        ActionState state;
        uint64 executableAt;
        uint64 expiresAt;
        bytes data;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice An operator entered the list, by callback or by {syncOperator}.
    event OperatorAdded(address indexed operator);
    /// @notice An operator left the list, by callback or by {syncOperator}.
    event OperatorRemoved(address indexed operator);
    /// @notice The KMS app's id was set, for ever.
    event KmsAppIdSet(uint256 indexed kmsAppId);
    /// @notice The platform's app registry was set.
    event NovaAppRegistrySet(address indexed novaAppRegistry);
    /// @notice A code measurement may hold the secret from now on.
    event MeasurementApproved(bytes32 indexed measurement);
    /// @notice A code measurement may no longer hold the secret, unless it is approved anew by a scheduled action.
    event MeasurementRemoved(bytes32 indexed measurement);
    /// @notice A code measurement may not hold the secret until its suspension is lifted.
    event MeasurementSuspended(bytes32 indexed measurement, address indexed by);
    /// @notice A suspended code measurement may hold the secret again.
    event SuspensionLifted(bytes32 indexed measurement);
    /// @notice A next epoch is wanted.
    event RotationRequested(uint64 indexed epoch, address indexed by);
    /// @notice A secret was proposed.
    event SecretProposed(
        uint64 indexed proposalId, uint64 indexed epoch, address indexed proposer, bytes32 hash, uint64 expiresAtBlock
    );
    /// @notice An operator said that it holds a proposed secret. The proposer's own confirmation is announced too.
    event SecretConfirmed(uint64 indexed proposalId, address indexed operator, uint32 confirmations);
    /// @notice A confirmation no longer counts, because its operator was not eligible when the target was reached.
    event ConfirmationDropped(uint64 indexed proposalId, address indexed operator);
    /// @notice An epoch became active: its hash is final.
    event EpochActivated(
        uint64 indexed epoch, bytes32 indexed hash, uint64 indexed proposalId, address proposer, uint32 confirmations
    );
    /// @notice A proposal was found expired, and its proposer barred. Announced when the next proposal replaces it;
    ///         {proposal} and {barredUntil} tell the truth from the block of expiry on.
    event ProposalExpired(uint64 indexed proposalId, address indexed proposer, uint64 barredUntil);
    /// @notice An open proposal was closed by {ActionKind}.Reset or SetConfirmationTarget. Bars nobody.
    event ProposalVoided(uint64 indexed proposalId);
    /// @notice New proposals are refused from now on.
    event ProposalsPaused(address indexed by);
    /// @notice New proposals are accepted again.
    event ProposalsUnpaused(address indexed by);
    /// @notice The epoch that derivation uses by default changed.
    event DefaultEpochSet(uint64 indexed epoch);
    /// @notice An epoch may no longer be used.
    event EpochRetired(uint64 indexed epoch);
    /// @notice All epochs up to and including this one are retired, and a new one is wanted.
    event RegistryReset(uint64 indexed throughEpoch);
    /// @notice The confirmation target changed.
    event ConfirmationTargetSet(uint32 target);
    /// @notice The life of a proposal changed; open proposals keep theirs.
    event ProposalBlocksSet(uint64 blocks);
    /// @notice The rotation interval changed.
    event RotationIntervalSet(uint64 blocks);
    /// @notice The guardian changed.
    event GuardianSet(address indexed guardian);
    /// @notice The delay of actions scheduled from now on changed.
    event DelaySet(uint64 delaySeconds);
    /// @notice An action was scheduled. Watch this one: it is the public notice of everything dangerous.
    event ActionScheduled(
        uint64 indexed actionId, ActionKind indexed kind, uint64 executableAt, uint64 expiresAt, bytes data
    );
    /// @notice An action was executed.
    event ActionExecuted(uint64 indexed actionId, ActionKind indexed kind);
    /// @notice An action was cancelled.
    event ActionCancelled(uint64 indexed actionId, ActionKind indexed kind, address indexed by);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice An address that must not be zero is.
    error KMSRegistry_ZeroAddress();
    /// @notice A hash that must not be zero is.
    error KMSRegistry_ZeroHash();
    /// @notice A number is outside its range.
    error KMSRegistry_OutOfRange(uint256 value, uint256 min, uint256 max);
    /// @notice The caller is not the app registry.
    error KMSRegistry_NotNovaAppRegistry(address caller);
    /// @notice A callback names another app.
    error KMSRegistry_WrongApp(uint256 appId, uint256 kmsAppId);
    /// @notice The app id is set once.
    error KMSRegistry_AppIdAlreadySet(uint256 kmsAppId);
    /// @notice The app id must not be zero.
    error KMSRegistry_ZeroAppId();
    /// @notice The wallet may not propose or confirm, see {isEligible}.
    error KMSRegistry_NotEligible(address wallet);
    /// @notice So little gas is left that a read of the app registry could fail for that reason alone.
    error KMSRegistry_GasTooLow();
    /// @notice The app registry has no complete record of the KMS app, of the wallet's instance or of its version: it
    ///         fails, answers what no such record can be, or does not know the wallet, which reads the same.
    error KMSRegistry_RegistryUnreadable();
    /// @notice The KMS app is paused or revoked.
    error KMSRegistry_AppNotActive();
    /// @notice The measurement is approved already, or approved and suspended: then its suspension can be lifted.
    error KMSRegistry_MeasurementKnown(bytes32 measurement);
    /// @notice The measurement is not approved; or, where a suspension is to be lifted, not suspended.
    error KMSRegistry_MeasurementUnknown(bytes32 measurement);
    /// @notice The measurement is suspended.
    error KMSRegistry_MeasurementSuspended();
    /// @notice No usable measurement would be left: remove it by {ActionKind}.RemoveMeasurement, or suspend it.
    error KMSRegistry_LastMeasurement(bytes32 measurement);
    /// @notice There are {MAX_MEASUREMENTS} measurements, approved or suspended.
    error KMSRegistry_TooManyMeasurements();
    /// @notice There are {MAX_OPERATORS} wallets in the operator list, and this one is not among them.
    error KMSRegistry_TooManyOperators();
    /// @notice New proposals are paused.
    error KMSRegistry_ProposalsPaused();
    /// @notice New proposals are not paused.
    error KMSRegistry_ProposalsNotPaused();
    /// @notice No next epoch is wanted.
    error KMSRegistry_NoEpochWanted();
    /// @notice A next epoch is wanted already.
    error KMSRegistry_EpochAlreadyWanted();
    /// @notice There are {MAX_EPOCHS} epochs: no rotation can be requested, and no reset scheduled or executed.
    error KMSRegistry_TooManyEpochs();
    /// @notice Another proposal is open: fetch its secret and confirm it.
    error KMSRegistry_ProposalOpen(uint64 proposalId);
    /// @notice The proposal was activated, voided or has expired: the confirmation is late.
    error KMSRegistry_ProposalNotOpen(uint64 proposalId);
    /// @notice The confirmation is for another proposal than the latest.
    error KMSRegistry_WrongProposal(uint64 proposalId, uint64 latest);
    /// @notice The hash was proposed before, in this or another epoch.
    error KMSRegistry_HashKnown(bytes32 hash);
    /// @notice The wallet's last proposal expired; it may propose again from this block on.
    error KMSRegistry_Barred(address wallet, uint64 untilBlock);
    /// @notice The wallet's confirmation is counted already.
    error KMSRegistry_AlreadyConfirmed(uint64 proposalId, address wallet);
    /// @notice A signed statement names another epoch than the next one.
    error KMSRegistry_WrongEpoch(uint64 epoch, uint64 next);
    /// @notice A signed statement names another hash than the proposal's.
    error KMSRegistry_WrongHash(bytes32 hash, bytes32 proposed);
    /// @notice A signed statement's deadline has passed.
    error KMSRegistry_StatementExpired(uint256 deadline);
    /// @notice A signed statement was used before.
    error KMSRegistry_StatementUsed(bytes32 digest);
    /// @notice A signature is not 65 bytes, has a high s, or recovers to nobody.
    error KMSRegistry_BadSignature();
    /// @notice Only the owner may request a rotation: no interval is set.
    error KMSRegistry_RotationOnlyByOwner();
    /// @notice Anyone may request a rotation from this block on.
    error KMSRegistry_RotationTooEarly(uint64 fromBlock);
    /// @notice The caller is neither owner nor guardian.
    error KMSRegistry_NotOwnerOrGuardian(address caller);
    /// @notice The guardian cannot veto its own replacement.
    error KMSRegistry_GuardianCannotCancel(uint64 actionId);
    /// @notice Ownership cannot be renounced.
    error KMSRegistry_OwnershipCannotBeRenounced();
    /// @notice `None` is no action, and neither is a kind that the code does not name.
    error KMSRegistry_UnknownAction();
    /// @notice An action's arguments are not the ABI encoding that its kind takes.
    error KMSRegistry_BadActionData(ActionKind kind);
    /// @notice The action is not in the state `Scheduled`.
    error KMSRegistry_ActionNotScheduled(uint64 actionId, ActionState state);
    /// @notice The action's delay has not passed.
    error KMSRegistry_ActionTooEarly(uint64 actionId, uint64 executableAt);
    /// @notice The action was not executed in time.
    error KMSRegistry_ActionExpired(uint64 actionId, uint64 expiresAt);
    /// @notice The epoch does not exist.
    error KMSRegistry_NoSuchEpoch(uint64 epoch);
    /// @notice The epoch is retired.
    error KMSRegistry_EpochRetired(uint64 epoch);
    /// @notice The default and the current epoch cannot be retired.
    error KMSRegistry_EpochInUse(uint64 epoch);
    /// @notice There is no unretired epoch to reset.
    error KMSRegistry_NothingToReset();
    /// @notice The code at the address does not have the hash that was asked for.
    error KMSRegistry_WrongCodeHash(address implementation, bytes32 expected, bytes32 actual);
    /// @notice Upgrades happen only by {execute}.
    error KMSRegistry_UpgradeNotScheduled(address implementation);

    // ------------------------------------------------------------------------------------------------ set-up

    /// @notice Sets up a fresh proxy. Callable once.
    function initialize(InitParams calldata params) external;

    /// @notice Sets the KMS app's id, once. Owner only.
    /// @dev The app's record on the platform names this contract, so one of the two must exist before the other.
    function setKmsAppId(uint256 appId) external;

    // ------------------------------------------------------------------------------------------------ operators

    /// @notice Re-reads the app registry and repairs the operator list for one wallet: {isMember} is added, and who is
    ///         shown not to be one is removed. Anyone may call it.
    /// @dev Changes nothing without a complete record while the KMS app is ACTIVE. {KMSRegistry_AppNotActive}: the app
    ///      is paused or revoked. {KMSRegistry_RegistryUnreadable}: the registry fails, or has no record of the app, the
    ///      wallet or its version; an unknown wallet reads as zeros, as anything does that a failing registry zeroes, so
    ///      nobody is removed for it. {KMSRegistry_MeasurementSuspended}: suspensions are lifted.
    ///      {KMSRegistry_GasTooLow}: the caller starves the reads. {KMSRegistry_TooManyOperators}: the list is full.
    ///      A complete record in which a status is a number that the platform does not define is no member's.
    function syncOperator(address wallet) external;

    /// @notice Whether the wallet is in the operator list.
    function isOperator(address wallet) external view returns (bool);
    /// @notice Length of the operator list, at most {MAX_OPERATORS}.
    function operatorCount() external view returns (uint256);
    /// @notice The operator at an index of the list. The order changes when operators leave.
    function operatorAt(uint256 index) external view returns (address);
    /// @notice The whole operator list. For off-chain callers: a full one costs over a million gas to read.
    function getOperators() external view returns (address[] memory);
    /// @notice Part of the operator list: at most `limit` entries from `offset` on, fewer at the end.
    function operatorsPage(uint256 offset, uint256 limit) external view returns (address[] memory);
    /// @notice The platform's app registry, the one address that callbacks are taken from.
    function novaAppRegistry() external view returns (address);
    /// @notice The KMS app's id, or 0 while it is not set.
    function kmsAppId() external view returns (uint256);

    // ------------------------------------------------------------------------------------------------ eligibility

    /// @notice Whether the wallet may propose and confirm now: the KMS app is ACTIVE; the wallet's instance is ACTIVE,
    ///         zkVerified and of our app; its version is ENROLLED; its code measurement is approved.
    /// @dev Re-read from the app registry at every call. A registry that reverts, answers short or malformed data,
    ///      burns its gas or is no contract makes everyone ineligible; it never makes this revert. Only a caller
    ///      that brings too little gas does: {KMSRegistry_GasTooLow}.
    function isEligible(address wallet) external view returns (bool);

    /// @notice Like {isEligible}, but the version may be DEPRECATED as well: such a node serves and hands over, and
    ///         belongs in the operator list, but neither proposes nor confirms.
    function isMember(address wallet) external view returns (bool);

    /// @notice Whether code with this measurement may hold the secret.
    function isApprovedMeasurement(bytes32 measurement) external view returns (bool);
    /// @notice The approved measurements that are not suspended. With the suspended at most {MAX_MEASUREMENTS}.
    function approvedMeasurements() external view returns (bytes32[] memory);
    /// @notice The measurements that were approved and are suspended: no code of theirs may hold the secret.
    function suspendedMeasurements() external view returns (bytes32[] memory);
    /// @notice The emergency brake: takes an approval away, at once, until the owner lifts the suspension. Owner or
    ///         guardian; the last usable measurement too.
    function suspendMeasurement(bytes32 measurement) external;
    /// @notice Gives a suspended measurement its approval back, at once: that has had its notice before. Owner only.
    function liftSuspension(bytes32 measurement) external;
    /// @notice Removes an approved or suspended measurement, at once; only a scheduled action brings it back. Owner
    ///         only, and only while a usable one stays: else by {ActionKind}.RemoveMeasurement.
    function removeMeasurement(bytes32 measurement) external;

    // ------------------------------------------------------------------------------------------------ epochs

    /// @notice The current epoch's hash, or zero when there is none or it is retired.
    function masterSecretHash() external view returns (bytes32);
    /// @notice Number of epochs that were ever activated, which is the number of the current one. At most {MAX_EPOCHS}.
    function epochCount() external view returns (uint64);
    /// @notice The record of an epoch, 1 to {epochCount}.
    function epochAt(uint64 epoch) external view returns (EpochRecord memory);
    /// @notice Records of at most `limit` epochs from epoch `from` (at least 1) on, fewer at the end.
    function epochsPage(uint64 from, uint64 limit) external view returns (EpochRecord[] memory);
    /// @notice The epoch that derivation uses when a request names none; 0 when there is none. The first epoch (or
    ///         the first after a reset) becomes the default by itself, later ones only by a scheduled action.
    function defaultEpoch() external view returns (uint64);
    /// @notice Whether a next epoch is wanted: there is none yet, or a rotation was requested or a reset executed.
    ///         Never while there are {MAX_EPOCHS}.
    function nextEpochWanted() external view returns (bool);
    /// @notice The latest proposal, open or not.
    function proposal() external view returns (Proposal memory);
    /// @notice Whether an operator's confirmation of a proposal is counted.
    function hasConfirmed(uint64 proposalId, address wallet) external view returns (bool);
    /// @notice The operators whose confirmation of a proposal is counted, the proposer among them unless it was
    ///         dropped. After activation: those that hold the secret. At most {MAX_CONFIRMATION_TARGET}.
    function confirmers(uint64 proposalId) external view returns (address[] memory);
    /// @notice Operators that must hold a secret before it activates.
    function confirmationTarget() external view returns (uint32);
    /// @notice Blocks for which a new proposal can be confirmed.
    function proposalBlocks() external view returns (uint64);
    /// @notice Blocks after an activation from which anyone may request a rotation; 0: only the owner.
    function rotationInterval() external view returns (uint64);
    /// @notice First block in which the wallet may propose again; 0 when it never was barred. Each expired proposal
    ///         bars its proposer for the proposal's life, doubled with each one until one of its proposals activates.
    function barredUntil(address wallet) external view returns (uint64);
    /// @notice Whether new proposals are paused.
    function proposalsPaused() external view returns (bool);
    /// @notice Everything a node refresh needs, in one call.
    function nodeState() external view returns (NodeState memory);

    /// @notice Proposes a master secret for the next epoch. Eligible operators only, while a next epoch is wanted, no
    ///         proposal is open, new ones are not paused, and the hash was never proposed before.
    /// @dev Counts as the first confirmation; with a target of 1 it activates at once.
    /// @param hash Hash of the proposed secret.
    /// @param epoch The next epoch: a proposal that is mined late is not for a later one, whose secret nobody may hold.
    function proposeMasterSecret(bytes32 hash, uint64 epoch) external;

    /// @notice Confirms that the caller holds the proposed secret. Eligible operators only, once each.
    /// @dev When the target is reached, every confirmation is re-checked: operators that are no longer eligible are
    ///      dropped, and only if enough remain does the epoch activate.
    /// @param proposalId The proposal.
    /// @param hash Its hash: the number may stand for another proposal after a reorganisation.
    function confirmMasterSecret(uint64 proposalId, bytes32 hash) external;

    /// @notice {proposeMasterSecret} by an operator without ether: anyone relays its signed statement.
    /// @param hash Hash of the proposed secret.
    /// @param epoch The next epoch.
    /// @param deadline Unix seconds after which the statement is void.
    /// @param signature 65 bytes r ‖ s ‖ v (low s, v 27 or 28) by EIP-191 over
    ///        `NovaKMS:Propose:<chain id>:<this contract>:<epoch>:<hash>:0:<deadline>`: numbers in decimal, address
    ///        and hash in lower-case hex with 0x.
    function proposeMasterSecretBySig(bytes32 hash, uint64 epoch, uint256 deadline, bytes calldata signature) external;

    /// @notice {confirmMasterSecret} by an operator without ether: anyone relays its signed statement.
    /// @param proposalId The proposal.
    /// @param epoch The proposal's epoch.
    /// @param hash The proposal's hash.
    /// @param deadline Unix seconds after which the statement is void.
    /// @param signature As above, over
    ///        `NovaKMS:Confirm:<chain id>:<this contract>:<epoch>:<hash>:<proposal id>:<deadline>`.
    function confirmMasterSecretBySig(
        uint64 proposalId,
        uint64 epoch,
        bytes32 hash,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Asks for a next epoch: the owner at any time, anyone {rotationInterval} blocks after the last activation.
    ///         Refused when there are {MAX_EPOCHS}.
    function requestRotation() external;

    // ------------------------------------------------------------------------------------------------ governance

    /// @notice Schedules an action. Owner only.
    /// @param kind What to do.
    /// @param data ABI-encoded arguments, see {ActionKind}. They are checked now and again at execution.
    /// @return actionId Its number, from 1.
    function schedule(ActionKind kind, bytes calldata data) external returns (uint64 actionId);

    /// @notice Executes a scheduled action after its delay and before it expires. Owner only.
    function execute(uint64 actionId) external;

    /// @notice Cancels a scheduled action. Owner or guardian; the guardian cannot cancel its own replacement.
    function cancel(uint64 actionId) external;

    /// @notice Refuses new proposals; open ones can still be confirmed. Owner or guardian.
    function pauseProposals() external;
    /// @notice Accepts new proposals again. Owner only.
    function unpauseProposals() external;

    /// @notice Number of actions that were ever scheduled.
    function actionCount() external view returns (uint64);
    /// @notice An action by its number.
    function actionAt(uint64 actionId) external view returns (Action memory);
    /// @notice Address that may cancel actions, pause proposals and suspend measurements.
    function guardian() external view returns (address);
    /// @notice Seconds between scheduling and execution of actions scheduled from now on.
    function delay() external view returns (uint64);
    /// @notice Least value that {delay} can be set to.
    function delayFloor() external view returns (uint64);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../interfaces/IKMSRegistry.sol";
import {KMSRegistryStorage} from "../libraries/KMSRegistryStorage.sol";
import {Epochs} from "./Epochs.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Governance
/// @notice What the owner can do only with notice, and who can stop it (C-SOL-1, C-SOL-4, M6).
/// @dev Arguments are checked twice, when scheduled and when executed: the first finds mistakes two days early, the
///      second decides, because the state may have changed since.
abstract contract Governance is Epochs {
    /// @notice Longest delay that can be set: a mistyped one must not freeze governance for years.
    uint64 public constant MAX_DELAY = 30 days;

    /// @notice How long an action can be executed once its delay has passed. Forgotten ones must not lie around armed.
    uint64 public constant GRACE_PERIOD = 14 days;

    /// @notice Longest life of a proposal, about 23 days at 2 s a block. Griefing costs bounded time.
    uint64 public constant MAX_PROPOSAL_BLOCKS = 1_000_000;

    /// @notice Longest rotation interval. Far from any overflow.
    uint64 public constant MAX_ROTATION_INTERVAL = type(uint32).max;

    // ------------------------------------------------------------------------------------------------ writes

    /// @inheritdoc IKMSRegistry
    function schedule(ActionKind kind, bytes calldata data) external onlyOwner returns (uint64 actionId) {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        _run(kind, data, false);
        uint64 executableAt = SafeCast.toUint64(block.timestamp) + $.delay;
        uint64 expiresAt = executableAt + GRACE_PERIOD;
        $.actions.push(Action(kind, ActionState.Scheduled, executableAt, expiresAt, data));
        actionId = actionCount();
        emit ActionScheduled(actionId, kind, executableAt, expiresAt, data);
    }

    /// @inheritdoc IKMSRegistry
    function execute(uint64 actionId) external onlyOwner {
        Action storage action = _scheduled(actionId);
        if (block.timestamp < action.executableAt) revert KMSRegistry_ActionTooEarly(actionId, action.executableAt);
        if (block.timestamp >= action.expiresAt) revert KMSRegistry_ActionExpired(actionId, action.expiresAt);
        // Before any effect: an upgrade runs foreign code, which must not find this action still armed.
        action.state = ActionState.Executed;
        emit ActionExecuted(actionId, action.kind);
        _run(action.kind, action.data, true);
    }

    /// @inheritdoc IKMSRegistry
    function cancel(uint64 actionId) external {
        Action storage action = _scheduled(actionId);
        if (msg.sender != owner()) {
            _checkGuardian();
            // Else a stolen guardian key could block governance for ever, its own removal included.
            if (action.kind == ActionKind.SetGuardian) revert KMSRegistry_GuardianCannotCancel(actionId);
        }
        action.state = ActionState.Cancelled;
        emit ActionCancelled(actionId, action.kind, msg.sender);
    }

    /// @inheritdoc IKMSRegistry
    function pauseProposals() external {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        _checkOwnerOrGuardian();
        if ($.proposalsPaused) revert KMSRegistry_ProposalsPaused();
        $.proposalsPaused = true;
        emit ProposalsPaused(msg.sender);
    }

    /// @inheritdoc IKMSRegistry
    function unpauseProposals() external onlyOwner {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if (!$.proposalsPaused) revert KMSRegistry_ProposalsNotPaused();
        $.proposalsPaused = false;
        emit ProposalsUnpaused(msg.sender);
    }

    /// @notice Always reverts: without an owner nothing could be repaired, and rights could never be taken away.
    function renounceOwnership() public pure override {
        revert KMSRegistry_OwnershipCannotBeRenounced();
    }

    // ------------------------------------------------------------------------------------------------ views

    /// @inheritdoc IKMSRegistry
    function actionAt(uint64 actionId) external view returns (Action memory) {
        if (actionId == 0 || actionId > actionCount()) {
            revert KMSRegistry_ActionNotScheduled(actionId, ActionState.None);
        }
        return KMSRegistryStorage.load().actions[actionId - 1];
    }

    /// @inheritdoc IKMSRegistry
    function guardian() external view returns (address) {
        return KMSRegistryStorage.load().guardian;
    }

    /// @inheritdoc IKMSRegistry
    function delay() external view returns (uint64) {
        return KMSRegistryStorage.load().delay;
    }

    /// @inheritdoc IKMSRegistry
    function delayFloor() external view returns (uint64) {
        return KMSRegistryStorage.load().delayFloor;
    }

    /// @inheritdoc IKMSRegistry
    function actionCount() public view returns (uint64) {
        return SafeCast.toUint64(KMSRegistryStorage.load().actions.length);
    }

    // ------------------------------------------------------------------------------------------------ checks

    function _scheduled(uint64 actionId) private view returns (Action storage action) {
        if (actionId == 0 || actionId > actionCount()) {
            revert KMSRegistry_ActionNotScheduled(actionId, ActionState.None);
        }
        action = KMSRegistryStorage.load().actions[actionId - 1];
        if (action.state != ActionState.Scheduled) revert KMSRegistry_ActionNotScheduled(actionId, action.state);
    }

    function _checkCodeHash(address implementation, bytes32 codeHash) private view {
        bytes32 actual = implementation.codehash;
        if (implementation.code.length == 0 || actual != codeHash) {
            revert KMSRegistry_WrongCodeHash(implementation, codeHash, actual);
        }
    }

    function _checkRange(uint256 value, uint256 min, uint256 max) internal pure {
        if (value < min || value > max) revert KMSRegistry_OutOfRange(value, min, max);
    }

    // ------------------------------------------------------------------------------------------------ arguments

    function _word(ActionKind kind, bytes memory data) private pure returns (uint256) {
        if (data.length != 32) revert KMSRegistry_BadActionData(kind);
        return abi.decode(data, (uint256));
    }

    function _number(ActionKind kind, bytes memory data, uint256 min, uint256 max) private pure returns (uint64) {
        uint256 word = _word(kind, data);
        _checkRange(word, min, max);
        return SafeCast.toUint64(word);
    }

    function _usableEpoch(ActionKind kind, bytes memory data) private view returns (uint64 epoch) {
        epoch = _number(kind, data, 1, epochCount());
        if (_isRetired(epoch)) revert KMSRegistry_EpochRetired(epoch);
    }

    function _addressArgument(ActionKind kind, bytes memory data) private pure returns (address) {
        uint256 word = _word(kind, data);
        if (word == 0) revert KMSRegistry_ZeroAddress();
        if (word > type(uint160).max) revert KMSRegistry_BadActionData(kind);
        // forge-lint: disable-next-line(unsafe-typecast) -- the line above checked it
        return address(uint160(word));
    }

    /// @dev Data that is long enough but malformed makes the decoder revert without a reason.
    function _upgradeArguments(bytes memory data) private pure returns (address, bytes32, bytes memory) {
        if (data.length < 128) revert KMSRegistry_BadActionData(ActionKind.Upgrade);
        return abi.decode(data, (address, bytes32, bytes));
    }

    // ------------------------------------------------------------------------------------------------ actions

    /// @dev The one place that says what each kind demands and what it does, so that none can be half known. With
    ///      `perform` the action is done, without it is only checked; {KMSRegistry-initialize} sets the first values
    ///      through it as well. A kind that is not named here is no action.
    function _run(ActionKind kind, bytes memory data, bool perform) internal {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if (kind == ActionKind.Upgrade) {
            (address implementation, bytes32 codeHash, bytes memory initCall) = _upgradeArguments(data);
            _checkCodeHash(implementation, codeHash);
            if (perform) _upgrade(implementation, initCall);
        } else if (kind == ActionKind.SetNovaAppRegistry) {
            address registry = _addressArgument(kind, data);
            if (!perform) return;
            $.novaAppRegistry = registry;
            emit NovaAppRegistrySet(registry);
        } else if (kind == ActionKind.AddMeasurement) {
            bytes32 measurement = bytes32(_word(kind, data));
            if (perform) _approveMeasurement(measurement);
            else _checkNewMeasurement(measurement);
        } else if (kind == ActionKind.SetConfirmationTarget) {
            uint64 target = _number(kind, data, 1, MAX_CONFIRMATION_TARGET);
            if (!perform) return;
            // Lowered, an open proposal might have enough confirmations and nobody left to send the last; raised, it
            // would have been opened under another promise. It starts over under the new rule.
            _voidProposal();
            $.confirmationTarget = SafeCast.toUint32(target);
            emit ConfirmationTargetSet($.confirmationTarget);
        } else if (kind == ActionKind.SetDefaultEpoch) {
            uint64 epoch = _usableEpoch(kind, data);
            if (perform) _setDefaultEpoch(epoch);
        } else if (kind == ActionKind.RetireEpoch) {
            uint64 epoch = _usableEpoch(kind, data);
            if (epoch == epochCount() || epoch == defaultEpoch()) revert KMSRegistry_EpochInUse(epoch);
            if (!perform) return;
            $.epochs[epoch - 1].retired = true;
            emit EpochRetired(epoch);
        } else if (kind == ActionKind.Reset) {
            if (data.length != 0) revert KMSRegistry_BadActionData(kind);
            if (epochCount() == $.resetThrough) revert KMSRegistry_NothingToReset();
            _checkRoomForEpoch();
            if (perform) _reset();
        } else if (kind == ActionKind.SetGuardian) {
            address guardian_ = _addressArgument(kind, data);
            if (!perform) return;
            $.guardian = guardian_;
            emit GuardianSet(guardian_);
        } else if (kind == ActionKind.SetDelay) {
            uint64 seconds_ = _number(kind, data, $.delayFloor, MAX_DELAY);
            if (!perform) return;
            $.delay = seconds_;
            emit DelaySet(seconds_);
        } else if (kind == ActionKind.SetProposalBlocks) {
            uint64 blocks = _number(kind, data, 1, MAX_PROPOSAL_BLOCKS);
            if (!perform) return;
            $.proposalBlocks = blocks;
            emit ProposalBlocksSet(blocks);
        } else if (kind == ActionKind.SetRotationInterval) {
            uint64 blocks = _number(kind, data, 0, MAX_ROTATION_INTERVAL);
            if (!perform) return;
            $.rotationInterval = blocks;
            emit RotationIntervalSet(blocks);
        } else if (kind == ActionKind.RemoveMeasurement) {
            bytes32 measurement = bytes32(_word(kind, data));
            if (!_isKnownMeasurement(measurement)) revert KMSRegistry_MeasurementUnknown(measurement);
            if (perform) _removeMeasurement(measurement);
        } else {
            revert KMSRegistry_UnknownAction();
        }
    }

    function _reset() private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        _voidProposal();
        $.resetThrough = epochCount();
        $.rotationWanted = true;
        _setDefaultEpoch(0);
        emit RegistryReset($.resetThrough);
    }

    /// @dev Replaces the code of the proxy; implemented where the proxy's code is.
    function _upgrade(address implementation, bytes memory initCall) internal virtual;
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistryReader} from "../KMSRegistryReader.sol";
import {IKMSRegistry} from "../interfaces/IKMSRegistry.sol";
import {KMSRegistryStorage} from "../libraries/KMSRegistryStorage.sol";
import {OperatorList} from "./OperatorList.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Epochs
/// @notice How the cluster agrees on a master secret: propose, confirm, activate (H5, C-SOL-3).
abstract contract Epochs is OperatorList {
    /// @notice Most epochs that there can ever be: nodes read no more, and refuse a longer history as a whole.
    uint64 public constant MAX_EPOCHS = 256;

    /// @notice Most operators that can be asked to confirm. Each costs two reads of the registry at activation.
    uint32 public constant MAX_CONFIRMATION_TARGET = 16;

    /// @notice Most doublings of a bar: a proposer whose proposals keep expiring waits at most 256 lives of a proposal.
    uint32 public constant MAX_BAR_DOUBLINGS = 8;

    // ------------------------------------------------------------------------------------------------ writes

    /// @inheritdoc IKMSRegistry
    function proposeMasterSecret(bytes32 hash, uint64 epoch) external {
        _checkNextEpoch(epoch);
        _propose(msg.sender, hash);
    }

    /// @inheritdoc IKMSRegistry
    function proposeMasterSecretBySig(bytes32 hash, uint64 epoch, uint256 deadline, bytes calldata signature) external {
        _checkNextEpoch(epoch);
        _propose(_useStatement(false, epoch, hash, 0, deadline, signature), hash);
    }

    /// @inheritdoc IKMSRegistry
    function confirmMasterSecret(uint64 proposalId, bytes32 hash) external {
        _checkProposal(proposalId, hash);
        _confirm(msg.sender);
    }

    /// @inheritdoc IKMSRegistry
    function confirmMasterSecretBySig(
        uint64 proposalId,
        uint64 epoch,
        bytes32 hash,
        uint256 deadline,
        bytes calldata signature
    ) external {
        _checkProposal(proposalId, hash);
        uint64 proposed = KMSRegistryStorage.load().proposal.epoch;
        if (epoch != proposed) revert KMSRegistry_WrongEpoch(epoch, proposed);
        _confirm(_useStatement(true, epoch, hash, proposalId, deadline, signature));
    }

    /// @inheritdoc IKMSRegistry
    function requestRotation() external {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if (nextEpochWanted()) revert KMSRegistry_EpochAlreadyWanted();
        _checkRoomForEpoch();
        if (msg.sender != owner()) {
            if ($.rotationInterval == 0) revert KMSRegistry_RotationOnlyByOwner();
            uint64 fromBlock = $.epochs[$.epochs.length - 1].activatedAtBlock + $.rotationInterval;
            if (block.number < fromBlock) revert KMSRegistry_RotationTooEarly(fromBlock);
        }
        $.rotationWanted = true;
        emit RotationRequested(epochCount() + 1, msg.sender);
    }

    // ------------------------------------------------------------------------------------------------ views

    /// @inheritdoc IKMSRegistry
    function masterSecretHash() external view returns (bytes32) {
        uint64 current = epochCount();
        if (current == 0 || _isRetired(current)) return 0;
        return KMSRegistryStorage.load().epochs[current - 1].hash;
    }

    /// @inheritdoc IKMSRegistry
    function epochAt(uint64 epoch) external view returns (EpochRecord memory) {
        if (epoch == 0 || epoch > epochCount()) revert KMSRegistry_NoSuchEpoch(epoch);
        return _epoch(epoch);
    }

    /// @inheritdoc IKMSRegistry
    function epochsPage(uint64 from, uint64 limit) external view returns (EpochRecord[] memory page) {
        if (from == 0) revert KMSRegistry_NoSuchEpoch(0);
        uint64 count = epochCount();
        if (from > count) return page;
        uint64 size = count - from + 1 < limit ? count - from + 1 : limit;
        page = new EpochRecord[](size);
        for (uint64 i = 0; i < size; i++) {
            page[i] = _epoch(from + i);
        }
    }

    /// @inheritdoc IKMSRegistry
    function hasConfirmed(uint64 proposalId, address wallet) external view returns (bool) {
        return KMSRegistryStorage.load().confirmed[proposalId][wallet];
    }

    /// @inheritdoc IKMSRegistry
    function confirmers(uint64 proposalId) external view returns (address[] memory) {
        return KMSRegistryStorage.load().confirmers[proposalId];
    }

    /// @inheritdoc IKMSRegistry
    function rotationInterval() external view returns (uint64) {
        return KMSRegistryStorage.load().rotationInterval;
    }

    /// @inheritdoc IKMSRegistry
    function barredUntil(address wallet) external view returns (uint64) {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        return _hasExpired($.proposal) && $.proposal.proposer == wallet
            ? _barAfter($.proposal, $.bars[wallet].strikes)
            : $.bars[wallet].untilBlock;
    }

    /// @inheritdoc IKMSRegistry
    function epochCount() public view returns (uint64) {
        return SafeCast.toUint64(KMSRegistryStorage.load().epochs.length);
    }

    /// @inheritdoc IKMSRegistry
    function defaultEpoch() public view returns (uint64) {
        return KMSRegistryStorage.load().defaultEpoch;
    }

    /// @inheritdoc IKMSRegistry
    function nextEpochWanted() public view returns (bool) {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        return $.epochs.length == 0 || $.rotationWanted;
    }

    /// @inheritdoc IKMSRegistry
    function proposal() public view returns (Proposal memory p) {
        p = KMSRegistryStorage.load().proposal;
        p.open = p.open && block.number < p.expiresAtBlock;
    }

    /// @inheritdoc IKMSRegistry
    function confirmationTarget() public view returns (uint32) {
        return KMSRegistryStorage.load().confirmationTarget;
    }

    /// @inheritdoc IKMSRegistry
    function proposalBlocks() public view returns (uint64) {
        return KMSRegistryStorage.load().proposalBlocks;
    }

    /// @inheritdoc IKMSRegistry
    function proposalsPaused() public view returns (bool) {
        return KMSRegistryStorage.load().proposalsPaused;
    }

    // ------------------------------------------------------------------------------------------------ propose

    function _checkNextEpoch(uint64 epoch) private view {
        uint64 next = epochCount() + 1;
        if (epoch != next) revert KMSRegistry_WrongEpoch(epoch, next);
    }

    function _propose(address wallet, bytes32 hash) private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if (hash == 0) revert KMSRegistry_ZeroHash();
        if ($.proposalsPaused) revert KMSRegistry_ProposalsPaused();
        if (!nextEpochWanted()) revert KMSRegistry_NoEpochWanted();
        _settleExpired();
        if ($.proposal.open) revert KMSRegistry_ProposalOpen($.proposal.id);
        if (block.number < $.bars[wallet].untilBlock) revert KMSRegistry_Barred(wallet, $.bars[wallet].untilBlock);
        // A secret whose proposal failed may be destroyed by whoever held it, and one whose epoch was reset is why
        // there was a reset: a hash gets one chance.
        if ($.hashKnown[hash]) revert KMSRegistry_HashKnown(hash);
        if (!_isEligible(wallet)) revert KMSRegistry_NotEligible(wallet);

        uint64 proposedAt = SafeCast.toUint64(block.number);
        $.hashKnown[hash] = true;
        $.proposal = Proposal({
            id: $.proposal.id + 1,
            epoch: epochCount() + 1,
            hash: hash,
            proposer: wallet,
            proposedAtBlock: proposedAt,
            expiresAtBlock: proposedAt + $.proposalBlocks,
            confirmations: 0,
            open: true
        });
        emit SecretProposed($.proposal.id, $.proposal.epoch, wallet, hash, $.proposal.expiresAtBlock);
        _count(wallet);
    }

    function _hasExpired(Proposal storage p) private view returns (bool) {
        return p.open && block.number >= p.expiresAtBlock;
    }

    /// @dev The bar starts at the expiry and lasts as long as that proposal lived, doubled for each strike before.
    ///      It depends on nothing that changes later, so it does not matter when it is written down.
    function _barAfter(Proposal storage p, uint32 strikes) private view returns (uint64) {
        uint32 doublings = strikes < MAX_BAR_DOUBLINGS ? strikes : MAX_BAR_DOUBLINGS;
        return p.expiresAtBlock + ((p.expiresAtBlock - p.proposedAtBlock) << doublings);
    }

    function _settleExpired() private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        Proposal storage p = $.proposal;
        if (!_hasExpired(p)) return;
        KMSRegistryStorage.Bar storage bar = $.bars[p.proposer];
        bar.untilBlock = _barAfter(p, bar.strikes);
        bar.strikes++;
        p.open = false;
        emit ProposalExpired(p.id, p.proposer, bar.untilBlock);
    }

    /// @dev For rule changes under an open proposal. The proposer is not to blame, so nobody is barred.
    function _voidProposal() internal {
        _settleExpired();
        Proposal storage p = KMSRegistryStorage.load().proposal;
        if (!p.open) return;
        p.open = false;
        emit ProposalVoided(p.id);
    }

    // ------------------------------------------------------------------------------------------------ confirm

    /// @dev The number alone would not do: after a reorganisation another secret may be proposed under it, and old
    ///      confirmations, mined again, would activate a secret that nobody holds.
    function _checkProposal(uint64 proposalId, bytes32 hash) private view {
        Proposal storage p = KMSRegistryStorage.load().proposal;
        if (proposalId != p.id) revert KMSRegistry_WrongProposal(proposalId, p.id);
        if (hash != p.hash) revert KMSRegistry_WrongHash(hash, p.hash);
    }

    /// @dev Of the latest proposal, which the caller has named.
    function _confirm(address wallet) private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        Proposal storage p = $.proposal;
        if (!p.open || _hasExpired(p)) revert KMSRegistry_ProposalNotOpen(p.id);
        if ($.confirmed[p.id][wallet]) revert KMSRegistry_AlreadyConfirmed(p.id, wallet);
        if (!_isEligible(wallet)) revert KMSRegistry_NotEligible(wallet);
        _count(wallet);
    }

    /// @dev The wallet, and with it the app, was found eligible earlier in this transaction.
    function _count(address wallet) private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        Proposal storage p = $.proposal;
        $.confirmed[p.id][wallet] = true;
        $.confirmers[p.id].push(wallet);
        p.confirmations++;
        emit SecretConfirmed(p.id, wallet, p.confirmations);
        if (p.confirmations < $.confirmationTarget) return;
        _dropIneligible();
        if (p.confirmations == $.confirmationTarget) _activate();
    }

    /// @dev Re-checks everyone but the last, who was checked a moment ago. Dropping instead of skipping keeps the list,
    ///      and so the cost of the next check, below the target.
    function _dropIneligible() private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        Proposal storage p = $.proposal;
        address[] storage list = $.confirmers[p.id];
        for (uint256 i = list.length - 1; i > 0; i--) {
            address wallet = list[i - 1];
            if (_standing(wallet, true) == KMSRegistryReader.Standing.Eligible) continue;
            list[i - 1] = list[list.length - 1];
            list.pop();
            $.confirmed[p.id][wallet] = false;
            p.confirmations--;
            emit ConfirmationDropped(p.id, wallet);
        }
    }

    function _activate() private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        Proposal storage p = $.proposal;
        p.open = false;
        $.rotationWanted = false;
        delete $.bars[p.proposer];
        $.epochs
            .push(
                EpochRecord({
                    hash: p.hash,
                    proposer: p.proposer,
                    activatedAtBlock: SafeCast.toUint64(block.number),
                    confirmations: p.confirmations,
                    retired: false
                })
            );
        emit EpochActivated(p.epoch, p.hash, p.id, p.proposer, p.confirmations);
        if ($.defaultEpoch == 0) _setDefaultEpoch(p.epoch);
    }

    // ------------------------------------------------------------------------------------------------ statements

    /// @dev Recovers the signer and marks the statement as used. A statement for another chain, contract, verb or
    ///      field recovers to some other address, which is not eligible.
    function _useStatement(
        bool confirms,
        uint64 epoch,
        bytes32 hash,
        uint64 proposalId,
        uint256 deadline,
        bytes calldata signature
    ) private returns (address signer) {
        if (block.timestamp > deadline) revert KMSRegistry_StatementExpired(deadline);
        bytes32 digest;
        (signer, digest) = READER.recover(confirms, address(this), epoch, hash, proposalId, deadline, signature);
        // The text does not name the signer, so two operators may well sign the same one.
        bytes32 statement = keccak256(abi.encode(digest, signer));
        mapping(bytes32 => bool) storage used = KMSRegistryStorage.load().statementUsed;
        if (used[statement]) revert KMSRegistry_StatementUsed(digest);
        used[statement] = true;
    }

    // ------------------------------------------------------------------------------------------------ epochs

    /// @dev Before a next epoch becomes wanted. Once it is, the number of epochs is below the bound until it activates,
    ///      so that nothing else has to ask.
    function _checkRoomForEpoch() internal view {
        if (epochCount() >= MAX_EPOCHS) revert KMSRegistry_TooManyEpochs();
    }

    function _isRetired(uint64 epoch) internal view returns (bool) {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        return epoch <= $.resetThrough || $.epochs[epoch - 1].retired;
    }

    function _setDefaultEpoch(uint64 epoch) internal {
        KMSRegistryStorage.load().defaultEpoch = epoch;
        emit DefaultEpochSet(epoch);
    }

    function _epoch(uint64 epoch) private view returns (EpochRecord memory record) {
        record = KMSRegistryStorage.load().epochs[epoch - 1];
        record.retired = _isRetired(epoch);
    }
}

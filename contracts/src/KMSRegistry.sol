// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Governance} from "./base/Governance.sol";
import {IKMSRegistry} from "./interfaces/IKMSRegistry.sol";
import {KMSRegistryStorage} from "./libraries/KMSRegistryStorage.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";

/// @title KMSRegistry
/// @notice The on-chain root of a Nova KMS cluster, behind a UUPS proxy. See {IKMSRegistry}.
contract KMSRegistry is Governance, UUPSUpgradeable {
    // Set for the length of one {execute}, so that OpenZeppelin's own upgrade path (with its proxiableUUID check) runs
    // for exactly the implementation that was scheduled. Transient: it cannot outlive the transaction.
    address private transient _scheduledImplementation;

    /// @dev The implementation itself stays without an owner for ever.
    constructor() {
        _disableInitializers();
    }

    /// @inheritdoc IKMSRegistry
    /// @dev Every initialiser there is: since OpenZeppelin 5.5, UUPSUpgradeable has none (C-SOL-2, L6).
    function initialize(InitParams calldata params) external initializer {
        __Ownable_init(params.owner);
        __Ownable2Step_init();
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        // A floor of 0 would allow to schedule and execute in one transaction, which is no notice at all.
        _checkRange(params.delayFloor, 1, MAX_DELAY);
        $.delayFloor = params.delayFloor;
        _run(ActionKind.SetDelay, abi.encode(params.delay), true);
        _run(ActionKind.SetGuardian, abi.encode(params.guardian), true);
        _run(ActionKind.SetNovaAppRegistry, abi.encode(params.novaAppRegistry), true);
        _run(ActionKind.SetConfirmationTarget, abi.encode(params.confirmationTarget), true);
        _run(ActionKind.SetProposalBlocks, abi.encode(params.proposalBlocks), true);
        _run(ActionKind.SetRotationInterval, abi.encode(params.rotationInterval), true);
        for (uint256 i = 0; i < params.measurements.length; i++) {
            _approveMeasurement(params.measurements[i]);
        }
        if (params.kmsAppId != 0) _setKmsAppId(params.kmsAppId);
    }

    /// @inheritdoc IKMSRegistry
    function setKmsAppId(uint256 appId) external onlyOwner {
        _setKmsAppId(appId);
    }

    /// @inheritdoc IKMSRegistry
    function nodeState() external view returns (NodeState memory) {
        return NodeState({
            kmsAppId: kmsAppId(),
            novaAppRegistry: novaAppRegistry(),
            epochCount: epochCount(),
            defaultEpoch: defaultEpoch(),
            nextEpochWanted: nextEpochWanted(),
            proposalsPaused: proposalsPaused(),
            confirmationTarget: confirmationTarget(),
            proposalBlocks: proposalBlocks(),
            proposal: proposal(),
            approvedMeasurements: approvedMeasurements()
        });
    }

    /// @inheritdoc IKMSRegistry
    function kmsAppId() public view returns (uint256) {
        return KMSRegistryStorage.load().kmsAppId;
    }

    /// @inheritdoc IKMSRegistry
    function novaAppRegistry() public view returns (address) {
        return KMSRegistryStorage.load().novaAppRegistry;
    }

    function _setKmsAppId(uint256 appId) private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if (appId == 0) revert KMSRegistry_ZeroAppId();
        if ($.kmsAppId != 0) revert KMSRegistry_AppIdAlreadySet($.kmsAppId);
        $.kmsAppId = appId;
        emit KmsAppIdSet(appId);
    }

    function _upgrade(address implementation, bytes memory initCall) internal override {
        _scheduledImplementation = implementation;
        upgradeToAndCall(implementation, initCall);
        _scheduledImplementation = address(0);
    }

    /// @dev {upgradeToAndCall} is public in UUPSUpgradeable; outside of {execute} nothing passes here (C-SOL-1, M6).
    ///      Nothing is scheduled then, which reads as address zero: that must not pass for a match.
    function _authorizeUpgrade(address newImplementation) internal view override {
        if (newImplementation == address(0) || newImplementation != _scheduledImplementation) {
            revert KMSRegistry_UpgradeNotScheduled(newImplementation);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../interfaces/INovaAppRegistry.sol";
import {KMSRegistryStorage} from "../libraries/KMSRegistryStorage.sol";
import {NovaAppRegistryReader} from "../libraries/NovaAppRegistryReader.sol";
import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";

/// @title Eligibility
/// @notice Who counts, decided from the platform's registry at the moment of use, and which code may hold the secret.
abstract contract Eligibility is IKMSRegistry, Ownable2StepUpgradeable {
    /// @notice Most measurements that can be approved at a time: nodes read the list in one call.
    uint256 public constant MAX_MEASUREMENTS = 16;

    /// @dev What a wallet's instance may do, the app's status left aside. Ordered: each includes the one before.
    enum Standing {
        Stranger,
        Member,
        Eligible
    }

    /// @inheritdoc IKMSRegistry
    function removeMeasurement(bytes32 measurement) external onlyOwner {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        uint256 index = $.measurementIndex[measurement];
        if (index == 0) revert KMSRegistry_MeasurementUnknown(measurement);
        bytes32 last = $.measurements[$.measurements.length - 1];
        $.measurements[index - 1] = last;
        $.measurementIndex[last] = index;
        $.measurements.pop();
        delete $.measurementIndex[measurement];
        emit MeasurementRemoved(measurement);
    }

    /// @inheritdoc IKMSRegistry
    function isEligible(address wallet) external view returns (bool) {
        return _isEligible(wallet);
    }

    /// @inheritdoc IKMSRegistry
    function isMember(address wallet) external view returns (bool) {
        return _isMember(wallet);
    }

    /// @inheritdoc IKMSRegistry
    function isApprovedMeasurement(bytes32 measurement) external view returns (bool) {
        return _isApprovedMeasurement(measurement);
    }

    /// @inheritdoc IKMSRegistry
    function approvedMeasurements() public view returns (bytes32[] memory) {
        return KMSRegistryStorage.load().measurements;
    }

    function _isEligible(address wallet) internal view returns (bool) {
        return _isAppActive() && _standing(wallet) == Standing.Eligible;
    }

    function _isMember(address wallet) internal view returns (bool) {
        return _isAppActive() && _standing(wallet) >= Standing.Member;
    }

    /// @dev Revoking an app calls nothing back and leaves its instances ACTIVE, so the app is asked for each time.
    function _isAppActive() internal view returns (bool) {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        // Unknown ids read as zeroed, ACTIVE structs: while our id is not set, app 0 must not pass for ours.
        return $.kmsAppId != 0 && NovaAppRegistryReader.isActiveApp($.novaAppRegistry, $.kmsAppId);
    }

    /// @dev Callers check {_isAppActive} once, and this for each wallet.
    function _standing(address wallet) internal view returns (Standing) {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        (address registry, uint256 appId) = ($.novaAppRegistry, $.kmsAppId);
        (bool found, uint256 versionId) = NovaAppRegistryReader.activeInstance(registry, appId, wallet);
        if (!found) return Standing.Stranger;
        (bool versionFound, bytes32 measurement, uint256 status) =
            NovaAppRegistryReader.version(registry, appId, versionId);
        if (!versionFound || !_isApprovedMeasurement(measurement)) return Standing.Stranger;
        if (status == uint256(INovaAppRegistry.VersionStatus.ENROLLED)) return Standing.Eligible;
        return status == uint256(INovaAppRegistry.VersionStatus.DEPRECATED) ? Standing.Member : Standing.Stranger;
    }

    function _isApprovedMeasurement(bytes32 measurement) internal view returns (bool) {
        return KMSRegistryStorage.load().measurementIndex[measurement] != 0;
    }

    function _checkNewMeasurement(bytes32 measurement) internal view {
        // An unknown version reads as measurement zero.
        if (measurement == 0) revert KMSRegistry_ZeroHash();
        if (_isApprovedMeasurement(measurement)) revert KMSRegistry_MeasurementKnown(measurement);
        if (KMSRegistryStorage.load().measurements.length >= MAX_MEASUREMENTS) {
            revert KMSRegistry_TooManyMeasurements();
        }
    }

    function _approveMeasurement(bytes32 measurement) internal {
        _checkNewMeasurement(measurement);
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        $.measurements.push(measurement);
        $.measurementIndex[measurement] = $.measurements.length;
        emit MeasurementApproved(measurement);
    }
}

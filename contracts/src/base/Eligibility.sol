// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistryReader} from "../KMSRegistryReader.sol";
import {IKMSRegistry} from "../interfaces/IKMSRegistry.sol";
import {KMSRegistryStorage} from "../libraries/KMSRegistryStorage.sol";
import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";

/// @title Eligibility
/// @notice Who counts, decided from the platform's registry at the moment of use, and which code may hold the secret.
abstract contract Eligibility is IKMSRegistry, Ownable2StepUpgradeable {
    /// @notice Most measurements that can be known at a time, approved or suspended: nodes read the approved in one call.
    uint256 public constant MAX_MEASUREMENTS = 16;

    // In the code, not in the state: made with the implementation, and replaced with it.
    KMSRegistryReader internal immutable READER = new KMSRegistryReader();

    /// @inheritdoc IKMSRegistry
    function suspendMeasurement(bytes32 measurement) external {
        _checkOwnerOrGuardian();
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if ($.suspendedIndex[measurement] != 0) revert KMSRegistry_MeasurementSuspended();
        _take($.measurements, $.measurementIndex, measurement);
        _put($.suspended, $.suspendedIndex, measurement);
        emit MeasurementSuspended(measurement, msg.sender);
    }

    /// @inheritdoc IKMSRegistry
    function liftSuspension(bytes32 measurement) external onlyOwner {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        _take($.suspended, $.suspendedIndex, measurement);
        _put($.measurements, $.measurementIndex, measurement);
        emit SuspensionLifted(measurement);
    }

    /// @inheritdoc IKMSRegistry
    function removeMeasurement(bytes32 measurement) external onlyOwner {
        _removeMeasurement(measurement);
        // Suspended ones do not count: else suspending and removing would be in two calls what must wait in one.
        if (KMSRegistryStorage.load().measurements.length == 0) revert KMSRegistry_LastMeasurement(measurement);
    }

    /// @inheritdoc IKMSRegistry
    function isEligible(address wallet) external view returns (bool) {
        return _isEligible(wallet);
    }

    /// @inheritdoc IKMSRegistry
    function isMember(address wallet) external view returns (bool) {
        return _standing(wallet, false) >= KMSRegistryReader.Standing.Member;
    }

    /// @inheritdoc IKMSRegistry
    function isApprovedMeasurement(bytes32 measurement) external view returns (bool) {
        return _isApprovedMeasurement(measurement);
    }

    /// @inheritdoc IKMSRegistry
    function suspendedMeasurements() external view returns (bytes32[] memory) {
        return KMSRegistryStorage.load().suspended;
    }

    /// @inheritdoc IKMSRegistry
    function approvedMeasurements() public view returns (bytes32[] memory) {
        return KMSRegistryStorage.load().measurements;
    }

    function _isEligible(address wallet) internal view returns (bool) {
        return _standing(wallet, false) == KMSRegistryReader.Standing.Eligible;
    }

    /// @param appKnown Whether the app was found ACTIVE in this transaction.
    function _standing(address wallet, bool appKnown) internal view returns (KMSRegistryReader.Standing standing) {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        bytes32 measurement;
        (standing, measurement) = READER.standing($.novaAppRegistry, $.kmsAppId, wallet, appKnown);
        if (standing < KMSRegistryReader.Standing.Member || _isApprovedMeasurement(measurement)) return standing;
        if ($.suspendedIndex[measurement] != 0) return KMSRegistryReader.Standing.Suspended;
        return KMSRegistryReader.Standing.Stranger;
    }

    function _isApprovedMeasurement(bytes32 measurement) internal view returns (bool) {
        return KMSRegistryStorage.load().measurementIndex[measurement] != 0;
    }

    function _checkOwnerOrGuardian() internal view {
        if (msg.sender != owner()) _checkGuardian();
    }

    function _checkGuardian() internal view {
        if (msg.sender != KMSRegistryStorage.load().guardian) revert KMSRegistry_NotOwnerOrGuardian(msg.sender);
    }

    function _isKnownMeasurement(bytes32 measurement) internal view returns (bool) {
        return _isApprovedMeasurement(measurement) || KMSRegistryStorage.load().suspendedIndex[measurement] != 0;
    }

    function _checkNewMeasurement(bytes32 measurement) internal view {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        // An unknown version reads as measurement zero.
        if (measurement == 0) revert KMSRegistry_ZeroHash();
        if (_isKnownMeasurement(measurement)) revert KMSRegistry_MeasurementKnown(measurement);
        if ($.measurements.length + $.suspended.length >= MAX_MEASUREMENTS) revert KMSRegistry_TooManyMeasurements();
    }

    function _approveMeasurement(bytes32 measurement) internal {
        _checkNewMeasurement(measurement);
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        _put($.measurements, $.measurementIndex, measurement);
        emit MeasurementApproved(measurement);
    }

    /// @dev Approved or suspended.
    function _removeMeasurement(bytes32 measurement) internal {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if ($.suspendedIndex[measurement] != 0) _take($.suspended, $.suspendedIndex, measurement);
        else _take($.measurements, $.measurementIndex, measurement);
        emit MeasurementRemoved(measurement);
    }

    function _put(bytes32[] storage list, mapping(bytes32 => uint256) storage indexOf, bytes32 measurement) private {
        list.push(measurement);
        indexOf[measurement] = list.length;
    }

    /// @dev The last of the list takes the place of the one that leaves.
    function _take(bytes32[] storage list, mapping(bytes32 => uint256) storage indexOf, bytes32 measurement) private {
        uint256 index = indexOf[measurement];
        if (index == 0) revert KMSRegistry_MeasurementUnknown(measurement);
        bytes32 last = list[list.length - 1];
        list[index - 1] = last;
        indexOf[last] = index;
        list.pop();
        delete indexOf[measurement];
    }
}

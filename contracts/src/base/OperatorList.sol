// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistryReader} from "../KMSRegistryReader.sol";
import {IKMSRegistry} from "../interfaces/IKMSRegistry.sol";
import {INovaAppInterface} from "../interfaces/INovaAppInterface.sol";
import {KMSRegistryStorage} from "../libraries/KMSRegistryStorage.sol";
import {Eligibility} from "./Eligibility.sol";

/// @title OperatorList
/// @notice The list by which nodes and apps find operators. It grants nothing.
abstract contract OperatorList is Eligibility {
    /// @notice Most wallets in the list: nodes read no more, and refuse a longer list as a whole.
    uint256 public constant MAX_OPERATORS = 500;

    /// @inheritdoc INovaAppInterface
    function addOperator(address teeWalletAddress, uint256 appId, uint256, uint256) external {
        _checkCallback(appId);
        _list(teeWalletAddress);
    }

    /// @inheritdoc INovaAppInterface
    /// @dev Reads nothing from the registry: whatever state that is in, a removal that it sends goes through.
    function removeOperator(address teeWalletAddress, uint256 appId, uint256, uint256) external {
        _checkCallback(appId);
        _delist(teeWalletAddress);
    }

    /// @inheritdoc IKMSRegistry
    function syncOperator(address wallet) external {
        KMSRegistryReader.Standing standing = _standing(wallet, false);
        // A failing registry, a paused app and a suspension end: who had been struck from the list would not be back.
        if (standing == KMSRegistryReader.Standing.Unreadable) revert KMSRegistry_RegistryUnreadable();
        if (standing == KMSRegistryReader.Standing.AppNotActive) revert KMSRegistry_AppNotActive();
        if (standing == KMSRegistryReader.Standing.Suspended) revert KMSRegistry_MeasurementSuspended();
        if (standing == KMSRegistryReader.Standing.Stranger) _delist(wallet);
        else _list(wallet);
    }

    /// @inheritdoc IKMSRegistry
    function isOperator(address wallet) external view returns (bool) {
        return KMSRegistryStorage.load().operatorIndex[wallet] != 0;
    }

    /// @inheritdoc IKMSRegistry
    function operatorCount() external view returns (uint256) {
        return KMSRegistryStorage.load().operators.length;
    }

    /// @inheritdoc IKMSRegistry
    function operatorAt(uint256 index) external view returns (address) {
        return KMSRegistryStorage.load().operators[index];
    }

    /// @inheritdoc IKMSRegistry
    function getOperators() external view returns (address[] memory) {
        return KMSRegistryStorage.load().operators;
    }

    /// @inheritdoc IKMSRegistry
    function operatorsPage(uint256 offset, uint256 limit) external view returns (address[] memory page) {
        address[] storage operators = KMSRegistryStorage.load().operators;
        uint256 length = operators.length;
        if (offset >= length) return page;
        uint256 size = length - offset < limit ? length - offset : limit;
        page = new address[](size);
        for (uint256 i = 0; i < size; i++) {
            page[i] = operators[offset + i];
        }
    }

    function _checkCallback(uint256 appId) private view {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if (msg.sender != $.novaAppRegistry) revert KMSRegistry_NotNovaAppRegistry(msg.sender);
        if (appId != $.kmsAppId || appId == 0) revert KMSRegistry_WrongApp(appId, $.kmsAppId);
    }

    /// @dev Idempotent: a callback may repeat what {syncOperator} did already.
    function _list(address wallet) private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        if ($.operatorIndex[wallet] != 0) return;
        uint256 count = $.operators.length;
        if (count >= MAX_OPERATORS) revert KMSRegistry_TooManyOperators();
        $.operators.push(wallet);
        $.operatorIndex[wallet] = count + 1;
        emit OperatorAdded(wallet);
    }

    /// @dev Idempotent, like {_list}. The last operator takes the place of the one that leaves.
    function _delist(address wallet) private {
        KMSRegistryStorage.Layout storage $ = KMSRegistryStorage.load();
        uint256 index = $.operatorIndex[wallet];
        if (index == 0) return;
        uint256 length = $.operators.length;
        if (index != length) {
            address last = $.operators[length - 1];
            $.operators[index - 1] = last;
            $.operatorIndex[last] = index;
        }
        $.operators.pop();
        delete $.operatorIndex[wallet];
        emit OperatorRemoved(wallet);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title INovaAppInterface
/// @notice What the Nova platform's app registry calls on an app's `dappContract`, inside try/catch and with
///         `callbackGasLimit` gas (100,000 by default). The platform defines it; names and argument order are theirs.
interface INovaAppInterface {
    /// @notice An instance of the app was registered.
    /// @dev Selector 0x70706ea7.
    /// @param teeWalletAddress The wallet made inside the instance's enclave.
    /// @param appId The app that the instance runs.
    /// @param versionId The version of the app that the instance runs.
    /// @param instanceId The platform's id of the instance.
    function addOperator(address teeWalletAddress, uint256 appId, uint256 versionId, uint256 instanceId) external;

    /// @notice An instance of the app stopped or failed.
    /// @dev Selector 0x1ba8065d. Revoking a version or an app calls nothing back.
    /// @param teeWalletAddress The wallet made inside the instance's enclave.
    /// @param appId The app that the instance ran.
    /// @param versionId The version of the app that the instance ran.
    /// @param instanceId The platform's id of the instance.
    function removeOperator(address teeWalletAddress, uint256 appId, uint256 versionId, uint256 instanceId) external;
}

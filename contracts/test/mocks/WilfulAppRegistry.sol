// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevNovaAppRegistry} from "../../src/dev/DevNovaAppRegistry.sol";

/// @notice The platform's registry is upgradeable: a later one may do what today's does not. What KMSRegistry promises
///         must hold under that too.
contract WilfulAppRegistry is DevNovaAppRegistry {
    constructor(address platform_) DevNovaAppRegistry(platform_) {}

    /// @notice Any status after any other, by anyone.
    function setAppStatus(uint256 appId, AppStatus status) external {
        _app(appId).status = status;
    }

    /// @notice Any status after any other, by anyone; nobody leaves the list of active instances.
    function setVersionStatus(uint256 appId, uint256 versionId, VersionStatus status) external {
        _version(appId, versionId).status = status;
    }

    /// @notice Callbacks go elsewhere from now on.
    function setDappContract(uint256 appId, address dappContract) external {
        _app(appId).dappContract = dappContract;
    }
}

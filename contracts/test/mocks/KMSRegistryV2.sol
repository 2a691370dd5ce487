// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";

/// @notice What a next version may look like: the same state, a namespace of its own, an initialiser that runs once.
contract KMSRegistryV2 is KMSRegistry {
    /// @custom:storage-location erc7201:nova.kms.registry.v2
    struct LayoutV2 {
        uint256 answer;
    }

    // keccak256(abi.encode(uint256(keccak256("nova.kms.registry.v2")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant LOCATION_V2 = 0x7efc370548c5e0838166ab0f9d85ba3d080ed24bd9ed41c37fbcbf71f3244700;

    /// @notice Sets the state that is new in this version.
    function initializeV2(uint256 value) external reinitializer(2) {
        _loadV2().answer = value;
    }

    /// @notice What {initializeV2} was given.
    function answer() external view returns (uint256) {
        return _loadV2().answer;
    }

    function _loadV2() private pure returns (LayoutV2 storage $) {
        assembly {
            $.slot := LOCATION_V2
        }
    }
}

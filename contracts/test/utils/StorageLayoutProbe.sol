// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistryStorage} from "../../src/libraries/KMSRegistryStorage.sol";

/// @notice Holds the registry's namespaced struct where the compiler's storage layout shows it, for
///         `contracts/tools/storage-layout.mjs`.
contract StorageLayoutProbe {
    KMSRegistryStorage.Layout internal state;
}

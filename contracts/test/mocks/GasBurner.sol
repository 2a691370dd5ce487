// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Burns all the gas it is given, whatever is called.
contract GasBurner {
    fallback() external {
        assembly {
            invalid()
        }
    }
}

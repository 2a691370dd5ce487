// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Answers, or reverts with, as much data as its gas pays for.
contract ReturnBomb {
    bool private immutable REVERTS;

    constructor(bool reverts) {
        REVERTS = reverts;
    }

    fallback() external {
        bool reverts = REVERTS;
        assembly {
            // 200,000 bytes cost about 100,000 gas to make, and as much again for whoever copies them.
            if reverts { revert(0, 200000) }
            return(0, 200000)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Answers what another registry answers, and uses a given amount of gas for it.
contract SlowRegistry {
    address private immutable TARGET;
    uint256 private immutable USED;

    constructor(address target, uint256 used) {
        TARGET = target;
        USED = used;
    }

    fallback(bytes calldata query) external returns (bytes memory answer) {
        uint256 stopAt = gasleft() - USED;
        bool ok;
        (ok, answer) = TARGET.staticcall(query);
        require(ok);
        while (gasleft() > stopAt) {}
    }
}

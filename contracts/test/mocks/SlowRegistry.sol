// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Burns a given amount of gas, then answers what another registry answers.
contract SlowRegistry {
    address private immutable TARGET;
    uint256 private immutable BURN;

    constructor(address target, uint256 burn) {
        TARGET = target;
        BURN = burn;
    }

    fallback(bytes calldata query) external returns (bytes memory answer) {
        uint256 stopAt = gasleft() - BURN;
        while (gasleft() > stopAt) {}
        bool ok;
        (ok, answer) = TARGET.staticcall(query);
        require(ok);
    }
}

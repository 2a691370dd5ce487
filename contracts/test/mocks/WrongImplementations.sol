// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Says that it is upgradeable, but in another slot.
contract WrongUuid {
    function proxiableUUID() external pure returns (bytes32) {
        return keccak256("another slot");
    }
}

/// @notice Does not say that it is upgradeable: the proxy would be stuck with it.
contract NotUpgradeable {
    uint256 public constant VALUE = 1;
}

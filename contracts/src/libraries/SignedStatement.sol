// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title SignedStatement
/// @notice The text that an operator signs when it has no ether to send a transaction with.
library SignedStatement {
    /// @notice EIP-191 digest of
    ///         `NovaKMS:<verb>:<chain id>:<registry>:<epoch>:<hash>:<proposal id>:<deadline>`.
    /// @dev Text, not EIP-712: the enclave's supervisor signs EIP-191 messages only. Every field has one spelling and
    ///      none can contain a colon, so no two statements share a text.
    function digest(
        string memory verb,
        address registry,
        uint64 epoch,
        bytes32 hash,
        uint64 proposalId,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes memory subject = abi.encodePacked(
            "NovaKMS:",
            verb,
            ":",
            Strings.toString(block.chainid),
            ":",
            Strings.toHexString(registry),
            ":",
            Strings.toString(epoch)
        );
        return MessageHashUtils.toEthSignedMessageHash(
            abi.encodePacked(
                subject,
                ":",
                Strings.toHexString(uint256(hash), 32),
                ":",
                Strings.toString(proposalId),
                ":",
                Strings.toString(deadline)
            )
        );
    }
}

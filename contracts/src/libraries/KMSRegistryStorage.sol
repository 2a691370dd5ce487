// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../interfaces/IKMSRegistry.sol";

/// @title KMSRegistryStorage
/// @notice All state of the KMSRegistry, under one ERC-7201 namespace: there is no gap to keep count of (C-SOL-5).
/// @dev The layout is recorded in `contracts/storage-layout.json` and compared in CI. An upgrade may append fields to
///      the end of {Layout} and change nothing else. `EpochRecord`, `Proposal` and `Action` are stored as they are
///      read, so they are frozen too.
library KMSRegistryStorage {
    /// @notice Why and for how long a wallet may not propose.
    struct Bar {
        uint64 untilBlock;
        uint32 strikes;
    }

    /// @custom:storage-location erc7201:nova.kms.registry
    struct Layout {
        // Operators. A callback reads the first two and writes the next two, and nothing else: one more slot written
        // per operator would not fit into the platform's 100,000 gas.
        address novaAppRegistry;
        uint256 kmsAppId;
        address[] operators;
        mapping(address wallet => uint256 indexPlusOne) operatorIndex;
        // Eligibility.
        bytes32[] measurements;
        mapping(bytes32 measurement => uint256 indexPlusOne) measurementIndex;
        // Epochs.
        uint64 defaultEpoch;
        uint64 resetThrough;
        uint64 proposalBlocks;
        uint32 confirmationTarget;
        bool rotationWanted;
        bool proposalsPaused;
        uint64 rotationInterval;
        IKMSRegistry.EpochRecord[] epochs;
        IKMSRegistry.Proposal proposal;
        mapping(uint64 proposalId => address[]) confirmers;
        mapping(uint64 proposalId => mapping(address wallet => bool)) confirmed;
        mapping(bytes32 hash => bool) hashKnown;
        mapping(bytes32 digest => bool) statementUsed;
        mapping(address wallet => Bar) bars;
        // Governance.
        address guardian;
        uint64 delay;
        uint64 delayFloor;
        IKMSRegistry.Action[] actions;
        // Measurements that were approved and are suspended; none of them is in `measurements`.
        bytes32[] suspended;
        mapping(bytes32 measurement => uint256 indexPlusOne) suspendedIndex;
    }

    // keccak256(abi.encode(uint256(keccak256("nova.kms.registry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 internal constant LOCATION = 0xff093be685b4f94961a0a951c4f7996a770deec696c262d22f4c19f317760d00;

    /// @notice The registry's state.
    function load() internal pure returns (Layout storage $) {
        assembly {
            $.slot := LOCATION
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "../interfaces/INovaAppRegistry.sol";

/// @title NovaAppRegistryReader
/// @notice Reads the platform's registry without trusting it: a registry that reverts, answers short or malformed
///         data, burns gas or is no contract yields "not found", never a revert and never more than {READ_GAS}.
/// @dev Solidity's own decoder would revert, and would copy whatever the registry returns. Only the fixed head of each
///      tuple is read; the strings behind it are never copied. Older registries' apps have one field less at the end,
///      which is never looked at.
library NovaAppRegistryReader {
    /// @notice Gas that one read may use. An instance or version with 3 KB of strings behind a proxy needs about half.
    uint256 internal constant READ_GAS = 300_000;

    /// @notice Gas that must be there before a read, so that the EVM's rule of 63/64 (EIP-150) cannot cut {READ_GAS}
    ///         short: else a caller could starve a read and pass its failure off as the registry's answer.
    uint256 internal constant GAS_BEFORE_READ = READ_GAS + READ_GAS / 32 + 10_000;

    // Words of a returned tuple: the first is the offset of the tuple, the rest its head in the order of the fields.
    uint256 private constant TUPLE_OFFSET = 0x20;

    uint256 private constant APP_HEAD_WORDS = 8;
    uint256 private constant APP_ID = 1;
    uint256 private constant APP_STATUS = 8;

    uint256 private constant VERSION_HEAD_WORDS = 10;
    uint256 private constant VERSION_ID = 1;
    uint256 private constant VERSION_MEASUREMENT = 3;
    uint256 private constant VERSION_STATUS = 8;

    uint256 private constant INSTANCE_HEAD_WORDS = 10;
    uint256 private constant INSTANCE_ID = 1;
    uint256 private constant INSTANCE_APP_ID = 2;
    uint256 private constant INSTANCE_VERSION_ID = 3;
    uint256 private constant INSTANCE_WALLET = 7;
    uint256 private constant INSTANCE_ZK_VERIFIED = 8;
    uint256 private constant INSTANCE_STATUS = 9;

    /// @notice Whether the registry has a record of the app, and whether that says ACTIVE.
    /// @dev Unknown ids read as zeroed, ACTIVE structs: app 0, for ours while its id is not set, is never found.
    function app(address registry, uint256 appId) internal view returns (bool found, bool active) {
        (bool ok, uint256[] memory words) =
            _read(registry, abi.encodeCall(INovaAppRegistry.getApp, (appId)), APP_HEAD_WORDS);
        found = ok && appId != 0 && words[APP_ID] == appId;
        active = found && words[APP_STATUS] == uint256(INovaAppRegistry.AppStatus.ACTIVE);
    }

    /// @notice The wallet's instance: whether there is a complete record of one, whether that is ACTIVE, zkVerified and
    ///         of the app, and the version that it runs.
    /// @dev Complete: of this wallet, with an id, and nothing in it that its type could not hold. An unknown wallet's
    ///      record is all zero, and so is what a failing registry may answer: neither is found.
    function instance(address registry, uint256 appId, address wallet)
        internal
        view
        returns (bool found, bool active, uint256 versionId)
    {
        (bool ok, uint256[] memory words) =
            _read(registry, abi.encodeCall(INovaAppRegistry.getInstanceByWallet, (wallet)), INSTANCE_HEAD_WORDS);
        found = ok && words[INSTANCE_ID] != 0 && words[INSTANCE_WALLET] == uint160(wallet)
            && words[INSTANCE_ZK_VERIFIED] <= 1 && words[INSTANCE_STATUS] <= type(uint8).max;
        active = found && words[INSTANCE_APP_ID] == appId && words[INSTANCE_ZK_VERIFIED] == 1
            && words[INSTANCE_STATUS] == uint256(INovaAppRegistry.InstanceStatus.ACTIVE);
        versionId = words[INSTANCE_VERSION_ID];
    }

    /// @notice The measurement and status of a version of the app, if there is a complete record: of this version, with
    ///         a measurement. Its status may be a number that the platform does not define today.
    function version(address registry, uint256 appId, uint256 versionId)
        internal
        view
        returns (bool found, bytes32 measurement, uint256 status)
    {
        (bool ok, uint256[] memory words) =
            _read(registry, abi.encodeCall(INovaAppRegistry.getVersion, (appId, versionId)), VERSION_HEAD_WORDS);
        (measurement, status) = (bytes32(words[VERSION_MEASUREMENT]), words[VERSION_STATUS]);
        found = ok && words[VERSION_ID] == versionId && measurement != 0 && status <= type(uint8).max;
    }

    /// @dev Calls the registry and copies the offset word and `headWords` words of the answer.
    function _read(address registry, bytes memory query, uint256 headWords)
        private
        view
        returns (bool ok, uint256[] memory words)
    {
        if (gasleft() < GAS_BEFORE_READ) revert IKMSRegistry.KMSRegistry_GasTooLow();
        words = new uint256[](headWords + 1);
        uint256 length = words.length * 32;
        uint256 gasLimit = READ_GAS;
        assembly ("memory-safe") {
            ok := staticcall(gasLimit, registry, add(query, 0x20), mload(query), add(words, 0x20), length)
            ok := and(ok, iszero(lt(returndatasize(), length)))
        }
        ok = ok && words[0] == TUPLE_OFFSET;
    }
}

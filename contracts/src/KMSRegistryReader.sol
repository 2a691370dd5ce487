// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "./interfaces/IKMSRegistry.sol";
import {INovaAppRegistry} from "./interfaces/INovaAppRegistry.sol";
import {NovaAppRegistryReader} from "./libraries/NovaAppRegistryReader.sol";
import {SignedStatement} from "./libraries/SignedStatement.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title KMSRegistryReader
/// @notice What the registry wants to know of the world and needs no state of its own for: the platform's records, and
///         who signed a statement. A contract apart because all in one would not fit into EIP-170.
/// @dev Each implementation makes its own in its constructor and keeps the address in its code, so that a deployer has
///      nothing to link, and the code hash that an upgrade commits to names this contract too. It is only ever called
///      (STATICCALL), never delegated to: it has no storage, no owner, and nothing to write.
contract KMSRegistryReader {
    /// @notice What a wallet is. Ordered: who is a member includes who is eligible.
    enum Standing {
        /// There is no complete record of the app, the wallet's instance or its version: that says nothing.
        Unreadable,
        /// The app is paused or revoked.
        AppNotActive,
        /// The code's approval is suspended; only {KMSRegistry} knows that.
        Suspended,
        /// The wallet's instance, version or code is none that counts.
        Stranger,
        /// ACTIVE, zkVerified, of our app, with a DEPRECATED version.
        Member,
        /// The same with an ENROLLED version.
        Eligible
    }

    /// @notice What the platform's registry says of a wallet, and its code measurement where it says {Standing.Member}
    ///         or better.
    /// @param appKnown Whether the app was found ACTIVE a moment ago, so that it need not be asked for.
    function standing(address registry, uint256 appId, address wallet, bool appKnown)
        external
        view
        returns (Standing, bytes32 measurement)
    {
        bool found;
        bool active;
        uint256 version;
        // Revoking an app calls nothing back and leaves its instances ACTIVE.
        if (!appKnown) {
            (found, active) = NovaAppRegistryReader.app(registry, appId);
            if (!found) return (Standing.Unreadable, 0);
            if (!active) return (Standing.AppNotActive, 0);
        }
        (found, active, version) = NovaAppRegistryReader.instance(registry, appId, wallet);
        if (!found) return (Standing.Unreadable, 0);
        if (!active) return (Standing.Stranger, 0);
        uint256 status;
        (found, measurement, status) = NovaAppRegistryReader.version(registry, appId, version);
        if (!found) return (Standing.Unreadable, 0);
        if (status == uint256(INovaAppRegistry.VersionStatus.ENROLLED)) return (Standing.Eligible, measurement);
        if (status == uint256(INovaAppRegistry.VersionStatus.DEPRECATED)) return (Standing.Member, measurement);
        return (Standing.Stranger, 0);
    }

    /// @notice Who signed a statement to a registry, and its digest.
    function recover(
        bool confirms,
        address registry,
        uint64 epoch,
        bytes32 hash,
        uint64 proposalId,
        uint256 deadline,
        bytes calldata signature
    ) external view returns (address signer, bytes32 digest) {
        digest = SignedStatement.digest(confirms ? "Confirm" : "Propose", registry, epoch, hash, proposalId, deadline);
        ECDSA.RecoverError err;
        (signer, err,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (err != ECDSA.RecoverError.NoError) revert IKMSRegistry.KMSRegistry_BadSignature();
    }
}

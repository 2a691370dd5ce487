// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title INovaAppRegistry
/// @notice The reads and events of the Nova platform's app registry that nodes and {IKMSRegistry} rely on.
/// @dev The platform defines it. Unknown ids return zeroed structs, they do not revert. Older deployments return
///      `App` without its last field.
interface INovaAppRegistry {
    /// @notice Status of an app.
    enum AppStatus {
        ACTIVE,
        INACTIVE,
        REVOKED
    }

    /// @notice Status of a version. DEPRECATED: no new registrations, existing instances run on. Never ENROLLED again; the
    ///         app's owner turns REVOKED into DEPRECATED, whoever revoked it.
    enum VersionStatus {
        ENROLLED,
        DEPRECATED,
        REVOKED
    }

    /// @notice Status of an instance. Only ACTIVE to STOPPED or FAILED, never back.
    enum InstanceStatus {
        ACTIVE,
        STOPPED,
        FAILED
    }

    /// @notice An app.
    struct App {
        uint256 appId;
        address owner;
        bytes32 teeArch;
        address dappContract;
        string metadataUri;
        uint256 latestVersionId;
        uint256 createdAt;
        AppStatus status;
        address appWallet;
    }

    /// @notice A version of an app; `codeMeasurement` is keccak256(pcr0 ‖ pcr1 ‖ pcr2).
    struct AppVersion {
        uint256 versionId;
        string versionName;
        bytes32 codeMeasurement;
        string imageUri;
        string auditUrl;
        string auditHash;
        string githubRunId;
        VersionStatus status;
        uint256 enrolledAt;
        address enrolledBy;
    }

    /// @notice A running enclave; `zkVerified` says that its attestation was proven on-chain.
    struct RuntimeInstance {
        uint256 instanceId;
        uint256 appId;
        uint256 versionId;
        address operator;
        string instanceUrl;
        bytes teePubkey;
        address teeWalletAddress;
        bool zkVerified;
        InstanceStatus status;
        uint256 registeredAt;
    }

    /// @notice An app was created.
    event AppCreated(
        uint256 indexed appId, address indexed owner, bytes32 teeArch, address dappContract, string metadataUri
    );

    /// @notice An app's status changed.
    event AppStatusChanged(uint256 indexed appId, AppStatus newStatus, address indexed updatedBy);

    /// @notice A version was enrolled.
    event VersionEnrolled(
        uint256 indexed appId, uint256 indexed versionId, string versionName, bytes32 codeMeasurement, string imageUri
    );

    /// @notice A version's status changed.
    event VersionStatusChanged(uint256 indexed appId, uint256 indexed versionId, VersionStatus newStatus);

    /// @notice An instance was registered.
    event InstanceRegistered(
        uint256 indexed instanceId,
        uint256 indexed appId,
        uint256 indexed versionId,
        address teeWalletAddress,
        string instanceUrl,
        bool zkVerified
    );

    /// @notice A wallet was bound to an instance, for ever.
    event InstanceWalletBound(address indexed teeWalletAddress, uint256 indexed instanceId, uint256 indexed appId);

    /// @notice An instance stopped or failed.
    event InstanceStatusChanged(uint256 indexed instanceId, InstanceStatus newStatus);

    /// @notice The gas that callbacks are given changed.
    event CallbackGasLimitChanged(uint256 gasLimit);

    /// @notice A callback on an app's `dappContract` returned.
    event OperatorCallbackSuccess(uint256 indexed appId, address indexed dappContract, address teeWalletAddress);

    /// @notice A callback on an app's `dappContract` reverted or ran out of gas; what caused it stands all the same.
    event OperatorCallbackFailed(uint256 indexed appId, address indexed dappContract, string reason);

    /// @notice The app with this id. Selector 0x24f3a51b.
    function getApp(uint256 appId) external view returns (App memory);

    /// @notice The version of an app. Selector 0x6987b075.
    function getVersion(uint256 appId, uint256 versionId) external view returns (AppVersion memory);

    /// @notice The instance that a TEE wallet is bound to. Selector 0x9863f8a2.
    function getInstanceByWallet(address teeWalletAddress) external view returns (RuntimeInstance memory);

    /// @notice The instance with this id. Selector 0xebd348de.
    function getInstance(uint256 instanceId) external view returns (RuntimeInstance memory);

    /// @notice The TEE wallets of an app's ACTIVE instances, without those that were there when their version was
    ///         REVOKED, whatever became of it. Selector 0x8c228cbf.
    function getActiveInstances(uint256 appId) external view returns (address[] memory);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {INovaAppInterface} from "../interfaces/INovaAppInterface.sol";
import {INovaAppRegistry} from "../interfaces/INovaAppRegistry.sol";

/// @title DevNovaAppRegistry
/// @notice Our stand-in for the Nova platform's registry, for devnets and tests. **Never for a real chain**: an app's
///         owner registers what it likes, no proof is looked at.
/// @dev Reads, events, statuses, who may change them, and callbacks (gas limit, try/catch, order) are the platform's of
///      today (c620d8e); {devUseOldBuild} turns registration back to 25f2f5d. So are {createApp} and {enrollVersion}. The
///      other writes are ours and named `dev…`, so that no tool mistakes this for the platform. The platform's is behind
///      a proxy, this one is not.
contract DevNovaAppRegistry is INovaAppRegistry {
    /// @notice The id names no app, version or instance.
    error DevNovaAppRegistry_NotFound();
    /// @notice The platform lets others do this: the app's owner, the platform's, or both.
    error DevNovaAppRegistry_NotAllowed(address caller);
    /// @notice The app is not ACTIVE or the version not ENROLLED.
    error DevNovaAppRegistry_NotOpenForRegistration();
    /// @notice There is no registration without proof any more.
    error DevNovaAppRegistry_ProofNeeded();
    /// @notice Zero wallet, key of a wrong length, URL of another scheme than http(s), no name or image, zero measurement,
    ///         or a PCR that is not of 48 bytes.
    error DevNovaAppRegistry_BadArgument();
    /// @notice The wallet is bound to an instance, for ever.
    error DevNovaAppRegistry_WalletBound(uint256 instanceId);
    /// @notice The app has a version with this measurement.
    error DevNovaAppRegistry_DuplicateMeasurement(uint256 versionId);
    /// @notice Instances go from ACTIVE to STOPPED or FAILED and never back, versions never back to ENROLLED; an app's
    ///         owner cannot touch a REVOKED app, and the platform only revokes, or makes INACTIVE what was REVOKED.
    error DevNovaAppRegistry_BadTransition();
    /// @notice The platform allows 50,000 to 500,000.
    error DevNovaAppRegistry_BadGasLimit(uint256 gasLimit);

    /// @notice The platform itself: what owns its registry.
    address public immutable platform;
    /// @notice Gas that a callback is given.
    uint256 public callbackGasLimit = 100_000;
    /// @notice Whether registration is that of 25f2f5d.
    bool public oldBuild;
    /// @notice Number of apps, which is the id of the latest.
    uint256 public appCount;
    /// @notice Number of instances, which is the id of the latest.
    uint256 public instanceCount;

    mapping(uint256 appId => App) internal _apps;
    mapping(uint256 appId => mapping(uint256 versionId => AppVersion)) internal _versions;
    mapping(uint256 appId => mapping(bytes32 measurement => uint256 versionId)) private _versionOf;
    mapping(uint256 instanceId => RuntimeInstance) private _instances;
    mapping(uint256 appId => mapping(uint256 versionId => uint256[] instanceIds)) private _instancesOf;
    mapping(address wallet => uint256 instanceId) private _instanceOf;
    mapping(uint256 appId => address[]) private _active;
    mapping(address wallet => uint256 indexPlusOne) private _activeIndex;

    modifier onlyPlatform() {
        if (msg.sender != platform) revert DevNovaAppRegistry_NotAllowed(msg.sender);
        _;
    }

    /// @param platform_ Revokes apps and versions, stops instances, sets the gas limit. Another account than the owners of
    ///        apps: one that is both has the platform's rights over its app and not the owner's, there as here.
    constructor(address platform_) {
        platform = platform_;
    }

    // ------------------------------------------------------------------------------------------------ writes

    /// @notice Creates an ACTIVE app, owned by the caller.
    /// @param teeArch The platform's name of the enclave's kind: "nitro".
    /// @param dappContract Receives the callbacks, for ever; zero for none.
    /// @param metadataUri Anything; the platform wants nothing, or https or ipfs.
    function createApp(bytes32 teeArch, address dappContract, string calldata metadataUri)
        external
        returns (uint256 appId)
    {
        appId = ++appCount;
        App storage app = _apps[appId];
        app.appId = appId;
        app.owner = msg.sender;
        app.teeArch = teeArch;
        app.dappContract = dappContract;
        app.metadataUri = metadataUri;
        app.createdAt = block.timestamp;
        emit AppCreated(appId, msg.sender, teeArch, dappContract, metadataUri);
    }

    /// @notice Changes an app's status: its owner between ACTIVE and INACTIVE, the platform to REVOKED and from there to
    ///         INACTIVE. Calls nothing back.
    function devSetAppStatus(uint256 appId, AppStatus status) external {
        App storage app = _app(appId);
        bool allowed;
        if (msg.sender == platform) {
            allowed = status == AppStatus.REVOKED || (app.status == AppStatus.REVOKED && status == AppStatus.INACTIVE);
        } else {
            _onlyOwner(app);
            allowed = app.status != AppStatus.REVOKED && status != AppStatus.REVOKED;
        }
        if (!allowed) revert DevNovaAppRegistry_BadTransition();
        app.status = status;
        emit AppStatusChanged(appId, status, msg.sender);
    }

    /// @notice Enrolls a version with a measurement. By the app's owner.
    function devEnrollVersion(uint256 appId, string calldata versionName, bytes32 codeMeasurement)
        external
        returns (uint256 versionId)
    {
        versionId = _enroll(appId, versionName, codeMeasurement, "dev");
    }

    /// @notice Enrolls a version as the platform does: its measurement is keccak256(pcr0 ‖ pcr1 ‖ pcr2). By the app's owner.
    /// @param pcr0 48 bytes, like the other two, as the build printed them.
    /// @param imageUri Anything but nothing.
    function enrollVersion(
        uint256 appId,
        string memory versionName,
        bytes memory pcr0,
        bytes memory pcr1,
        bytes memory pcr2,
        string memory imageUri,
        string memory auditUrl,
        string memory auditHash,
        string memory githubRunId
    ) external returns (uint256 versionId) {
        if (bytes(imageUri).length == 0 || pcr0.length != 48 || pcr1.length != 48 || pcr2.length != 48) {
            revert DevNovaAppRegistry_BadArgument();
        }
        versionId = _enroll(appId, versionName, keccak256(bytes.concat(pcr0, pcr1, pcr2)), imageUri);
        _audit(appId, versionId, auditUrl, auditHash, githubRunId);
    }

    function _audit(
        uint256 appId,
        uint256 versionId,
        string memory auditUrl,
        string memory auditHash,
        string memory githubRunId
    ) private {
        AppVersion storage version = _versions[appId][versionId];
        version.auditUrl = auditUrl;
        version.auditHash = auditHash;
        version.githubRunId = githubRunId;
    }

    function _enroll(uint256 appId, string memory versionName, bytes32 codeMeasurement, string memory imageUri)
        private
        returns (uint256 versionId)
    {
        App storage app = _app(appId);
        _onlyOwner(app);
        if (app.status != AppStatus.ACTIVE) revert DevNovaAppRegistry_NotOpenForRegistration();
        if (codeMeasurement == 0 || bytes(versionName).length == 0) revert DevNovaAppRegistry_BadArgument();
        uint256 known = _versionOf[appId][codeMeasurement];
        if (known != 0) revert DevNovaAppRegistry_DuplicateMeasurement(known);
        versionId = ++app.latestVersionId;
        _versionOf[appId][codeMeasurement] = versionId;
        AppVersion storage version = _versions[appId][versionId];
        version.versionId = versionId;
        version.versionName = versionName;
        version.codeMeasurement = codeMeasurement;
        version.imageUri = imageUri;
        version.enrolledAt = block.timestamp;
        version.enrolledBy = msg.sender;
        emit VersionEnrolled(appId, versionId, versionName, codeMeasurement, imageUri);
    }

    /// @notice Changes a version's status, whatever it was: to DEPRECATED by the app's owner, also what the platform
    ///         revoked; to REVOKED by either. Calls nothing back.
    /// @dev Revoking takes the version's wallets off {getActiveInstances}, and nothing brings them back there; the
    ///      instances stay ACTIVE.
    function devSetVersionStatus(uint256 appId, uint256 versionId, VersionStatus status) external {
        App storage app = _app(appId);
        if (status != VersionStatus.REVOKED || msg.sender != platform) _onlyOwner(app);
        AppVersion storage version = _version(appId, versionId);
        if (status == VersionStatus.ENROLLED) revert DevNovaAppRegistry_BadTransition();
        version.status = status;
        if (status == VersionStatus.REVOKED) {
            uint256[] storage ids = _instancesOf[appId][versionId];
            for (uint256 i = 0; i < ids.length; i++) {
                _deactivate(appId, _instances[ids[i]].teeWalletAddress);
            }
        }
        emit VersionStatusChanged(appId, versionId, status);
    }

    /// @notice Registers an ACTIVE instance. By the app's owner, of an ENROLLED version, with what would be a ZK proof of
    ///         its attestation; on the old build also of a DEPRECATED version, by anyone with a proof, and without one by
    ///         the app's owner and the platform.
    /// @param teePubkey SPKI or raw SEC1 point, 1 to 128 bytes. Like the URL it can never be changed.
    function devRegisterInstance(
        uint256 appId,
        uint256 versionId,
        address teeWalletAddress,
        bytes calldata teePubkey,
        string calldata instanceUrl,
        bool zkVerified
    ) external returns (uint256 instanceId) {
        App storage app = _app(appId);
        _mayRegister(app, zkVerified);
        VersionStatus status = _version(appId, versionId).status;
        if (
            app.status != AppStatus.ACTIVE || status == VersionStatus.REVOKED
                || (status == VersionStatus.DEPRECATED && !oldBuild)
        ) revert DevNovaAppRegistry_NotOpenForRegistration();
        if (teeWalletAddress == address(0) || teePubkey.length == 0 || teePubkey.length > 128 || !_isHttp(instanceUrl)) revert DevNovaAppRegistry_BadArgument();
        if (_instanceOf[teeWalletAddress] != 0) {
            revert DevNovaAppRegistry_WalletBound(_instanceOf[teeWalletAddress]);
        }

        instanceId = ++instanceCount;
        _instances[instanceId] = RuntimeInstance({
            instanceId: instanceId,
            appId: appId,
            versionId: versionId,
            operator: msg.sender,
            instanceUrl: instanceUrl,
            teePubkey: teePubkey,
            teeWalletAddress: teeWalletAddress,
            zkVerified: zkVerified,
            status: InstanceStatus.ACTIVE,
            registeredAt: block.timestamp
        });
        _instanceOf[teeWalletAddress] = instanceId;
        _instancesOf[appId][versionId].push(instanceId);
        _active[appId].push(teeWalletAddress);
        _activeIndex[teeWalletAddress] = _active[appId].length;
        emit InstanceWalletBound(teeWalletAddress, instanceId, appId);
        _callAdd(app, teeWalletAddress, versionId, instanceId);
        emit InstanceRegistered(instanceId, appId, versionId, teeWalletAddress, instanceUrl, zkVerified);
    }

    /// @notice Stops an ACTIVE instance or marks it as failed, and calls the app back. By who registered it, the app's
    ///         owner or the platform.
    function devSetInstanceStatus(uint256 instanceId, InstanceStatus status) external {
        RuntimeInstance storage instance = _instances[instanceId];
        if (instance.instanceId == 0) revert DevNovaAppRegistry_NotFound();
        App storage app = _apps[instance.appId];
        if (msg.sender != instance.operator && msg.sender != platform) _onlyOwner(app);
        if (instance.status != InstanceStatus.ACTIVE || status == InstanceStatus.ACTIVE) {
            revert DevNovaAppRegistry_BadTransition();
        }
        instance.status = status;
        _deactivate(instance.appId, instance.teeWalletAddress);
        _callRemove(app, instance.teeWalletAddress, instance.versionId, instanceId);
        emit InstanceStatusChanged(instanceId, status);
    }

    /// @notice Changes the gas that callbacks are given, within the platform's range. By the platform.
    function devSetCallbackGasLimit(uint256 gasLimit) external onlyPlatform {
        if (gasLimit < 50_000 || gasLimit > 500_000) revert DevNovaAppRegistry_BadGasLimit(gasLimit);
        callbackGasLimit = gasLimit;
        emit CallbackGasLimitChanged(gasLimit);
    }

    /// @notice Registration as it was in 25f2f5d, or as it is. By the platform, as an upgrade of its registry.
    function devUseOldBuild(bool old) external onlyPlatform {
        oldBuild = old;
    }

    // ------------------------------------------------------------------------------------------------ reads

    /// @inheritdoc INovaAppRegistry
    function getApp(uint256 appId) external view returns (App memory) {
        return _apps[appId];
    }

    /// @inheritdoc INovaAppRegistry
    function getVersion(uint256 appId, uint256 versionId) external view returns (AppVersion memory) {
        return _versions[appId][versionId];
    }

    /// @inheritdoc INovaAppRegistry
    function getInstanceByWallet(address teeWalletAddress) external view returns (RuntimeInstance memory) {
        return _instances[_instanceOf[teeWalletAddress]];
    }

    /// @inheritdoc INovaAppRegistry
    function getInstance(uint256 instanceId) external view returns (RuntimeInstance memory) {
        return _instances[instanceId];
    }

    /// @inheritdoc INovaAppRegistry
    function getActiveInstances(uint256 appId) external view returns (address[] memory) {
        return _active[appId];
    }

    // ------------------------------------------------------------------------------------------------ internals

    function _app(uint256 appId) internal view returns (App storage app) {
        app = _apps[appId];
        if (app.appId == 0) revert DevNovaAppRegistry_NotFound();
    }

    function _version(uint256 appId, uint256 versionId) internal view returns (AppVersion storage version) {
        version = _versions[appId][versionId];
        if (version.versionId == 0) revert DevNovaAppRegistry_NotFound();
    }

    function _onlyOwner(App storage app) private view {
        if (msg.sender != app.owner) revert DevNovaAppRegistry_NotAllowed(msg.sender);
    }

    function _mayRegister(App storage app, bool proven) private view {
        if (!oldBuild) {
            _onlyOwner(app);
            if (!proven) revert DevNovaAppRegistry_ProofNeeded();
        } else if (!proven && msg.sender != platform) {
            _onlyOwner(app);
        }
    }

    /// @dev The scheme in any case, and nothing else, as the platform looks at a URL.
    function _isHttp(string calldata url) private pure returns (bool) {
        bytes calldata text = bytes(url);
        bytes memory scheme = "http://";
        if (text.length > 4 && _lower(text[4]) == "s") scheme = "https://";
        if (text.length < scheme.length) return false;
        for (uint256 i = 0; i < scheme.length; i++) {
            if (_lower(text[i]) != scheme[i]) return false;
        }
        return true;
    }

    function _lower(bytes1 letter) private pure returns (bytes1) {
        return letter >= "A" && letter <= "Z" ? letter | 0x20 : letter;
    }

    /// @dev A wallet that is off the list, by its version's revocation, stays off.
    function _deactivate(uint256 appId, address wallet) private {
        address[] storage active = _active[appId];
        uint256 index = _activeIndex[wallet];
        if (index == 0) return;
        address last = active[active.length - 1];
        active[index - 1] = last;
        _activeIndex[last] = index;
        active.pop();
        delete _activeIndex[wallet];
    }

    function _callAdd(App storage app, address wallet, uint256 versionId, uint256 instanceId) private {
        address dapp = app.dappContract;
        if (dapp.code.length == 0) return;
        try INovaAppInterface(dapp).addOperator{gas: callbackGasLimit}(wallet, app.appId, versionId, instanceId) {
            emit OperatorCallbackSuccess(app.appId, dapp, wallet);
        } catch {
            emit OperatorCallbackFailed(app.appId, dapp, "addOperator failed");
        }
    }

    function _callRemove(App storage app, address wallet, uint256 versionId, uint256 instanceId) private {
        address dapp = app.dappContract;
        if (dapp.code.length == 0) return;
        try INovaAppInterface(dapp).removeOperator{gas: callbackGasLimit}(wallet, app.appId, versionId, instanceId) {
            emit OperatorCallbackSuccess(app.appId, dapp, wallet);
        } catch {
            emit OperatorCallbackFailed(app.appId, dapp, "removeOperator failed");
        }
    }
}

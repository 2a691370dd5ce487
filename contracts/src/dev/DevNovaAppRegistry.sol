// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {INovaAppInterface} from "../interfaces/INovaAppInterface.sol";
import {INovaAppRegistry} from "../interfaces/INovaAppRegistry.sol";

/// @title DevNovaAppRegistry
/// @notice Our stand-in for the Nova platform's registry, for devnets and tests. **Never for a real chain**: anyone may
///         write anything.
/// @dev Reads, events, statuses and callbacks (gas limit, try/catch, order) are the platform's. Writes are ours and
///      named `dev…`, so that no tool mistakes this for the platform.
contract DevNovaAppRegistry is INovaAppRegistry {
    /// @notice The id names no app, version or instance.
    error DevNovaAppRegistry_NotFound();
    /// @notice The app is not ACTIVE or the version not ENROLLED.
    error DevNovaAppRegistry_NotOpenForRegistration();
    /// @notice Zero wallet, key of a wrong length, or zero measurement.
    error DevNovaAppRegistry_BadArgument();
    /// @notice The wallet is bound to an instance, for ever.
    error DevNovaAppRegistry_WalletBound(uint256 instanceId);
    /// @notice The app has a version with this measurement.
    error DevNovaAppRegistry_DuplicateMeasurement(uint256 versionId);
    /// @notice Instances go from ACTIVE to STOPPED or FAILED, and never back.
    error DevNovaAppRegistry_BadTransition();
    /// @notice The platform allows 50,000 to 500,000.
    error DevNovaAppRegistry_BadGasLimit(uint256 gasLimit);

    /// @notice Gas that a callback is given.
    uint256 public callbackGasLimit = 100_000;
    /// @notice Number of apps, which is the id of the latest.
    uint256 public appCount;
    /// @notice Number of instances, which is the id of the latest.
    uint256 public instanceCount;

    mapping(uint256 appId => App) private _apps;
    mapping(uint256 appId => mapping(uint256 versionId => AppVersion)) private _versions;
    mapping(uint256 appId => mapping(bytes32 measurement => uint256 versionId)) private _versionOf;
    mapping(uint256 instanceId => RuntimeInstance) private _instances;
    mapping(address wallet => uint256 instanceId) private _instanceOf;
    mapping(uint256 appId => address[]) private _active;
    mapping(address wallet => uint256 indexPlusOne) private _activeIndex;

    // ------------------------------------------------------------------------------------------------ writes

    /// @notice Creates an ACTIVE app, owned by the caller.
    /// @param dappContract Receives the callbacks; zero for none.
    /// @param metadataUri Anything.
    function devCreateApp(address dappContract, string calldata metadataUri) external returns (uint256 appId) {
        appId = ++appCount;
        App storage app = _apps[appId];
        app.appId = appId;
        app.owner = msg.sender;
        app.teeArch = "nitro";
        app.dappContract = dappContract;
        app.metadataUri = metadataUri;
        app.createdAt = block.timestamp;
        emit AppCreated(appId, msg.sender, app.teeArch, dappContract, metadataUri);
    }

    /// @notice Changes where an app's callbacks go.
    function devSetDappContract(uint256 appId, address dappContract) external {
        _app(appId).dappContract = dappContract;
    }

    /// @notice Changes an app's status. Calls nothing back.
    function devSetAppStatus(uint256 appId, AppStatus status) external {
        _app(appId).status = status;
        emit AppStatusChanged(appId, status, msg.sender);
    }

    /// @notice Enrolls a version with a measurement.
    function devEnrollVersion(uint256 appId, string calldata versionName, bytes32 codeMeasurement)
        external
        returns (uint256 versionId)
    {
        App storage app = _app(appId);
        if (app.status != AppStatus.ACTIVE) revert DevNovaAppRegistry_NotOpenForRegistration();
        if (codeMeasurement == 0) revert DevNovaAppRegistry_BadArgument();
        uint256 known = _versionOf[appId][codeMeasurement];
        if (known != 0) revert DevNovaAppRegistry_DuplicateMeasurement(known);
        versionId = ++app.latestVersionId;
        _versionOf[appId][codeMeasurement] = versionId;
        AppVersion storage version = _versions[appId][versionId];
        version.versionId = versionId;
        version.versionName = versionName;
        version.codeMeasurement = codeMeasurement;
        version.imageUri = "dev";
        version.enrolledAt = block.timestamp;
        version.enrolledBy = msg.sender;
        emit VersionEnrolled(appId, versionId, versionName, codeMeasurement, version.imageUri);
    }

    /// @notice Changes a version's status. Calls nothing back.
    function devSetVersionStatus(uint256 appId, uint256 versionId, VersionStatus status) external {
        AppVersion storage version = _versions[appId][versionId];
        if (version.versionId == 0) revert DevNovaAppRegistry_NotFound();
        version.status = status;
        emit VersionStatusChanged(appId, versionId, status);
    }

    /// @notice Registers an ACTIVE instance, with or without what would be a ZK proof of its attestation.
    /// @param teePubkey SPKI or raw SEC1 point, 1 to 128 bytes.
    function devRegisterInstance(
        uint256 appId,
        uint256 versionId,
        address teeWalletAddress,
        bytes calldata teePubkey,
        string calldata instanceUrl,
        bool zkVerified
    ) external returns (uint256 instanceId) {
        App storage app = _app(appId);
        AppVersion storage version = _versions[appId][versionId];
        if (version.versionId == 0) revert DevNovaAppRegistry_NotFound();
        if (app.status != AppStatus.ACTIVE || version.status != VersionStatus.ENROLLED) {
            revert DevNovaAppRegistry_NotOpenForRegistration();
        }
        if (teeWalletAddress == address(0) || teePubkey.length == 0 || teePubkey.length > 128) {
            revert DevNovaAppRegistry_BadArgument();
        }
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
        _active[appId].push(teeWalletAddress);
        _activeIndex[teeWalletAddress] = _active[appId].length;
        emit InstanceWalletBound(teeWalletAddress, instanceId, appId);
        _callAdd(app, teeWalletAddress, versionId, instanceId);
        emit InstanceRegistered(instanceId, appId, versionId, teeWalletAddress, instanceUrl, zkVerified);
    }

    /// @notice Stops an ACTIVE instance or marks it as failed, and calls the app back.
    function devSetInstanceStatus(uint256 instanceId, InstanceStatus status) external {
        RuntimeInstance storage instance = _instances[instanceId];
        if (instance.instanceId == 0) revert DevNovaAppRegistry_NotFound();
        if (instance.status != InstanceStatus.ACTIVE || status == InstanceStatus.ACTIVE) {
            revert DevNovaAppRegistry_BadTransition();
        }
        instance.status = status;
        _deactivate(instance.appId, instance.teeWalletAddress);
        _callRemove(_apps[instance.appId], instance.teeWalletAddress, instance.versionId, instanceId);
        emit InstanceStatusChanged(instanceId, status);
    }

    /// @notice Changes the gas that callbacks are given, within the platform's range.
    function devSetCallbackGasLimit(uint256 gasLimit) external {
        if (gasLimit < 50_000 || gasLimit > 500_000) revert DevNovaAppRegistry_BadGasLimit(gasLimit);
        callbackGasLimit = gasLimit;
        emit CallbackGasLimitChanged(gasLimit);
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

    function _app(uint256 appId) private view returns (App storage app) {
        app = _apps[appId];
        if (app.appId == 0) revert DevNovaAppRegistry_NotFound();
    }

    function _deactivate(uint256 appId, address wallet) private {
        address[] storage active = _active[appId];
        uint256 index = _activeIndex[wallet];
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

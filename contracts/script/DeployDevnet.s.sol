// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../src/KMSRegistry.sol";
import {DevNovaAppRegistry} from "../src/dev/DevNovaAppRegistry.sol";
import {IKMSRegistry} from "../src/interfaces/IKMSRegistry.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Script} from "forge-std/Script.sol";
import {console} from "forge-std/console.sol";

/// @title DeployDevnet
/// @notice Deploys a {DevNovaAppRegistry}, a {KMSRegistry} behind its proxy, and the KMS app with one version.
/// @dev Six transactions and no waiting: the app is created before the registry, so that its id can be given to
///      `initialize`, and is pointed at the proxy afterwards.
contract DeployDevnet is Script {
    /// @notice What was deployed.
    struct Devnet {
        DevNovaAppRegistry apps;
        KMSRegistry registry;
        uint256 kmsAppId;
        uint256 kmsVersionId;
    }

    /// @param nodes Size of the cluster; the confirmation target is the smaller of 3 and this.
    /// @param measurement Code measurement of the emulated enclaves: enrolled and approved.
    /// @param proposalBlocks Life of a proposal; more than 3 times the nodes' finality depth (2 on a devnet).
    function run(uint32 nodes, bytes32 measurement, uint64 proposalBlocks) external returns (Devnet memory devnet) {
        vm.startBroadcast();
        (, address sender,) = vm.readCallers();
        devnet = deploy(sender, nodes, measurement, proposalBlocks);
        vm.stopBroadcast();
        console.log("novaAppRegistry=%s", address(devnet.apps));
        console.log("kmsRegistry=%s", address(devnet.registry));
        console.log("kmsAppId=%s", devnet.kmsAppId);
        console.log("kmsVersionId=%s", devnet.kmsVersionId);
    }

    /// @notice The deployment itself, for tests too.
    /// @param admin Owner and guardian of the registry.
    function deploy(address admin, uint32 nodes, bytes32 measurement, uint64 proposalBlocks)
        public
        returns (Devnet memory devnet)
    {
        devnet.apps = new DevNovaAppRegistry();
        devnet.kmsAppId = devnet.apps.devCreateApp(address(0), "devnet kms");
        devnet.kmsVersionId = devnet.apps.devEnrollVersion(devnet.kmsAppId, "devnet", measurement);
        bytes32[] memory measurements = new bytes32[](1);
        measurements[0] = measurement;
        IKMSRegistry.InitParams memory params = IKMSRegistry.InitParams({
            owner: admin,
            guardian: admin,
            novaAppRegistry: address(devnet.apps),
            kmsAppId: devnet.kmsAppId,
            confirmationTarget: nodes < 3 ? nodes : 3,
            proposalBlocks: proposalBlocks,
            rotationInterval: 0,
            delay: 1,
            delayFloor: 1,
            measurements: measurements
        });
        devnet.registry = KMSRegistry(
            address(new ERC1967Proxy(address(new KMSRegistry()), abi.encodeCall(IKMSRegistry.initialize, (params))))
        );
        devnet.apps.devSetDappContract(devnet.kmsAppId, address(devnet.registry));
    }
}

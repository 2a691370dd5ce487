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
/// @dev Five transactions and no waiting. An app's `dappContract` is fixed when it is created, so the proxy comes first;
///      the id that the app will have is known, since its registry is new.
contract DeployDevnet is Script {
    /// @notice The devnet's platform: Anvil's second account, so that the deployer has an app owner's rights and no more.
    address public constant PLATFORM = 0x70997970C51812dc3A010C7d01b50e0d17dc79C8;

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
        devnet.apps = new DevNovaAppRegistry(PLATFORM);
        bytes32[] memory measurements = new bytes32[](1);
        measurements[0] = measurement;
        IKMSRegistry.InitParams memory params = IKMSRegistry.InitParams({
            owner: admin,
            guardian: admin,
            novaAppRegistry: address(devnet.apps),
            kmsAppId: devnet.apps.appCount() + 1,
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
        devnet.kmsAppId = devnet.apps.createApp("nitro", address(devnet.registry), "devnet kms");
        devnet.kmsVersionId = devnet.apps.devEnrollVersion(devnet.kmsAppId, "devnet", measurement);
    }
}

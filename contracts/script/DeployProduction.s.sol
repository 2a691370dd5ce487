// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../src/KMSRegistry.sol";
import {IKMSRegistry} from "../src/interfaces/IKMSRegistry.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {Script} from "forge-std/Script.sol";
import {console} from "forge-std/console.sol";

/// @title DeployProduction
/// @notice Deploys what `docs/contracts.md` documents: a {KMSRegistry} behind its proxy, owned by a
///         {TimelockController} that a multisig alone proposes to and executes, administered by nobody but itself.
/// @dev Prints what it was asked, deploys, then reads everything back and reverts on the first difference, so that a
///      broadcast is only ever sent for a result that was checked in simulation; `verify` repeats the reading on chain.
contract DeployProduction is Script {
    /// @notice What to deploy.
    /// @param multisig Proposes, cancels and executes in the timelock.
    /// @param timelockDelay The timelock's own delay, seconds. Short: dangerous actions wait in the registry, and
    ///        removing a measurement should not.
    /// @param registry What the registry is initialised with; `owner` must be zero, the timelock takes its place.
    struct Plan {
        address multisig;
        uint256 timelockDelay;
        IKMSRegistry.InitParams registry;
    }

    /// @notice A deployed value is not what was asked for.
    error DeployProduction_Mismatch(string what);

    /// @notice Reads the plan from the environment, deploys and verifies.
    function run() external returns (TimelockController timelock, KMSRegistry registry) {
        Plan memory plan = planFromEnvironment();
        print(plan);
        vm.startBroadcast();
        (timelock, registry) = deploy(plan);
        vm.stopBroadcast();
        verify(plan, timelock, registry);
        console.log("timelock=%s", address(timelock));
        console.log("kmsRegistry=%s", address(registry));
        console.log("implementation=%s", implementationOf(registry));
        console.log("verified: every value and role is what was asked for");
    }

    /// @notice Verifies an existing deployment against the plan in the environment. Sends nothing.
    function check(address timelock, address registry) external view {
        Plan memory plan = planFromEnvironment();
        print(plan);
        verify(plan, TimelockController(payable(timelock)), KMSRegistry(registry));
        console.log("verified: every value and role is what was asked for");
    }

    /// @notice The plan in the environment.
    function planFromEnvironment() public view returns (Plan memory plan) {
        plan.multisig = vm.envAddress("MULTISIG");
        plan.timelockDelay = vm.envUint("TIMELOCK_DELAY");
        plan.registry.guardian = vm.envAddress("GUARDIAN");
        plan.registry.novaAppRegistry = vm.envAddress("NOVA_APP_REGISTRY");
        plan.registry.kmsAppId = vm.envUint("KMS_APP_ID");
        plan.registry.confirmationTarget = number32(vm.envUint("CONFIRMATION_TARGET"));
        plan.registry.proposalBlocks = number64(vm.envUint("PROPOSAL_BLOCKS"));
        plan.registry.rotationInterval = number64(vm.envUint("ROTATION_INTERVAL"));
        plan.registry.delay = number64(vm.envUint("DELAY"));
        plan.registry.delayFloor = number64(vm.envUint("DELAY_FLOOR"));
        plan.registry.measurements = vm.envBytes32("MEASUREMENTS", ",");
    }

    /// @notice The deployment itself.
    function deploy(Plan memory plan) public returns (TimelockController timelock, KMSRegistry registry) {
        address[] memory multisig = new address[](1);
        multisig[0] = plan.multisig;
        // Admin zero: from the first block on, only the timelock itself can change roles.
        timelock = new TimelockController(plan.timelockDelay, multisig, multisig, address(0));
        IKMSRegistry.InitParams memory params = plan.registry;
        params.owner = address(timelock);
        registry = KMSRegistry(
            address(new ERC1967Proxy(address(new KMSRegistry()), abi.encodeCall(IKMSRegistry.initialize, (params))))
        );
    }

    /// @notice Reads everything back.
    function verify(Plan memory plan, TimelockController timelock, KMSRegistry registry) public view {
        address deployer = msg.sender;
        bytes32 admin = timelock.DEFAULT_ADMIN_ROLE();
        demand(timelock.getMinDelay() == plan.timelockDelay, "timelock delay");
        demand(timelock.hasRole(timelock.PROPOSER_ROLE(), plan.multisig), "proposer role");
        demand(timelock.hasRole(timelock.CANCELLER_ROLE(), plan.multisig), "canceller role");
        demand(timelock.hasRole(timelock.EXECUTOR_ROLE(), plan.multisig), "executor role");
        demand(!timelock.hasRole(timelock.EXECUTOR_ROLE(), address(0)), "executor role is not open");
        demand(timelock.hasRole(admin, address(timelock)), "timelock administers itself");
        demand(!timelock.hasRole(admin, plan.multisig) && !timelock.hasRole(admin, deployer), "no other admin");
        demand(
            deployer == plan.multisig || !timelock.hasRole(timelock.PROPOSER_ROLE(), deployer),
            "deployer is no proposer"
        );
        IKMSRegistry.InitParams memory params = plan.registry;
        demand(registry.owner() == address(timelock) && registry.pendingOwner() == address(0), "owner");
        demand(registry.guardian() == params.guardian, "guardian");
        demand(registry.novaAppRegistry() == params.novaAppRegistry, "app registry");
        demand(registry.kmsAppId() == params.kmsAppId, "app id");
        demand(registry.confirmationTarget() == params.confirmationTarget, "confirmation target");
        demand(registry.proposalBlocks() == params.proposalBlocks, "proposal blocks");
        demand(registry.rotationInterval() == params.rotationInterval, "rotation interval");
        demand(registry.delay() == params.delay && registry.delayFloor() == params.delayFloor, "delay");
        demand(
            keccak256(abi.encode(registry.approvedMeasurements())) == keccak256(abi.encode(params.measurements)),
            "measurements"
        );
        address implementation = implementationOf(registry);
        demand(isOurCode(implementation), "implementation is this tree's code");
        demand(KMSRegistry(implementation).owner() == address(0), "implementation has no owner");
        demand(params.novaAppRegistry.code.length != 0, "app registry has code");
    }

    /// @notice The code behind the proxy.
    function implementationOf(KMSRegistry registry) public view returns (address) {
        return address(uint160(uint256(vm.load(address(registry), ERC1967Utils.IMPLEMENTATION_SLOT))));
    }

    /// @dev Two addresses stand in the code where the artifact has zeros: the implementation's own (UUPSUpgradeable) and
    ///      that of the reader which its constructor made, the first contract that it created.
    function isOurCode(address implementation) private view returns (bool) {
        address reader = vm.computeCreateAddress(implementation, 1);
        if (keccak256(reader.code) != keccak256(vm.getDeployedCode("KMSRegistryReader.sol:KMSRegistryReader"))) {
            return false;
        }
        bytes memory actual = implementation.code;
        bytes memory expected = vm.getDeployedCode("KMSRegistry.sol:KMSRegistry");
        if (actual.length != expected.length) return false;
        for (uint256 i = 0; i + 32 <= actual.length; i++) {
            bytes32 word;
            assembly ("memory-safe") {
                word := mload(add(add(actual, 0x20), i))
            }
            if (word != bytes32(uint256(uint160(implementation))) && word != bytes32(uint256(uint160(reader)))) {
                continue;
            }
            assembly ("memory-safe") {
                mstore(add(add(actual, 0x20), i), 0)
            }
        }
        return keccak256(actual) == keccak256(expected);
    }

    function demand(bool ok, string memory what) private pure {
        if (!ok) revert DeployProduction_Mismatch(what);
    }

    function number32(uint256 value) private pure returns (uint32) {
        require(value <= type(uint32).max, "number too large");
        // forge-lint: disable-next-line(unsafe-typecast) -- the line above checked it
        return uint32(value);
    }

    function number64(uint256 value) private pure returns (uint64) {
        require(value <= type(uint64).max, "number too large");
        // forge-lint: disable-next-line(unsafe-typecast) -- the line above checked it
        return uint64(value);
    }

    function print(Plan memory plan) private pure {
        console.log("plan: deploy TimelockController, KMSRegistry, ERC1967Proxy");
        console.log("  multisig (proposer, canceller, executor)  %s", plan.multisig);
        console.log("  timelock delay                            %s s", plan.timelockDelay);
        console.log("  guardian                                  %s", plan.registry.guardian);
        console.log("  app registry                              %s", plan.registry.novaAppRegistry);
        console.log("  KMS app id (0: set later, once)           %s", plan.registry.kmsAppId);
        console.log("  confirmation target                       %s", plan.registry.confirmationTarget);
        console.log("  life of a proposal                        %s blocks", plan.registry.proposalBlocks);
        console.log("  rotation interval (0: owner only)         %s blocks", plan.registry.rotationInterval);
        console.log("  delay of dangerous actions                %s s", plan.registry.delay);
        console.log("  floor of that delay, for ever             %s s", plan.registry.delayFloor);
        for (uint256 i = 0; i < plan.registry.measurements.length; i++) {
            console.log("  approved measurement                      %s", vm.toString(plan.registry.measurements[i]));
        }
    }
}

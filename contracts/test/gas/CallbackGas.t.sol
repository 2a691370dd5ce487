// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {INovaAppInterface} from "../../src/interfaces/INovaAppInterface.sol";
import {INovaAppRegistry} from "../../src/interfaces/INovaAppRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";

/// @notice What the platform's 100,000 gas must be enough for. The figures are kept in `contracts/snapshots`, and the
///         tests fail when one of them changes or is over the limit.
/// @dev Operators are listed in `setUp`, which is another transaction than the test: a slot that was written in the same
///      transaction is cheaper to write again, and the figures would be too good.
abstract contract CallbackGasTest is RegistryTest {
    uint256 internal constant PLATFORM_LIMIT = 100_000;
    uint256 internal constant LEAST_PLATFORM_LIMIT = 50_000;

    /// @dev An empty registry (the operators of {RegistryTest} would be in the way of a first one) with that many
    ///      operators.
    function setUpWith(uint256 count) internal {
        super.setUp();
        createKmsApp();
        for (uint256 i = 1; i <= count; i++) {
            register(wallet(i));
        }
    }

    function wallet(uint256 i) internal pure returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast) -- small numbers
        return address(uint160(0x100000 + i));
    }

    /// @dev The least gas limit with which a callback succeeds, account and slots all cold: what the registry's
    ///      `{gas: callbackGasLimit}` must cover. Not the gas used: refunds and the 63/64 rule make those differ.
    function leastLimit(bytes memory callback) internal returns (uint256) {
        (uint256 low, uint256 high) = (10_000, 300_000);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            uint256 before = vm.snapshotState();
            coolDown();
            vm.prank(address(apps));
            (bool ok,) = address(registry).call{gas: middle}(callback);
            vm.revertToStateAndDelete(before);
            if (ok) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// @dev The least `callbackGasLimit` with which the platform's registry reports no failed callback of a registration:
    ///      its own checks have warmed the proxy's account, and no more.
    function leastLimitOfRegistration(address newcomer) internal returns (uint256) {
        (uint256 low, uint256 high) = (LEAST_PLATFORM_LIMIT, 500_000);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            uint256 before = vm.snapshotState();
            limitCallbacks(middle);
            coolDown();
            register(newcomer);
            bool ok = registry.isOperator(newcomer);
            vm.revertToStateAndDelete(before);
            if (ok) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    function limitCallbacks(uint256 gasLimit) internal {
        vm.prank(platform);
        apps.devSetCallbackGasLimit(gasLimit);
    }

    /// @dev Looking up the implementation warms the slot that it is in, so that comes first.
    function coolDown() internal {
        address implementation = address(uint160(uint256(vm.load(address(registry), ERC1967Utils.IMPLEMENTATION_SLOT))));
        vm.cool(address(registry));
        vm.cool(implementation);
    }

    function recordRegistration(string memory name, address newcomer) internal {
        uint256 least = leastLimitOfRegistration(newcomer);
        vm.snapshotValue("callbacks", name, least);
        assertLt(least, PLATFORM_LIMIT);
        // With the least limit that the platform may set no registration calls back: that is what syncOperator is for.
        assertGt(least, LEAST_PLATFORM_LIMIT);
        limitCallbacks(least - 1);
        coolDown();
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackFailed(appId, address(registry), "addOperator failed");
        register(newcomer);
        assertFalse(registry.isOperator(newcomer));
        registry.syncOperator(newcomer);
        assertTrue(registry.isOperator(newcomer));
    }

    /// @dev Stopping calls back whatever limit the platform sets.
    function stopAtTheLeastLimit(address leaver) internal {
        limitCallbacks(LEAST_PLATFORM_LIMIT);
        coolDown();
        vm.expectEmit(address(apps));
        emit INovaAppRegistry.OperatorCallbackSuccess(appId, address(registry), leaver);
        stop(leaver);
        assertFalse(registry.isOperator(leaver));
    }

    function addCall(address operator) internal view returns (bytes memory) {
        return abi.encodeCall(INovaAppInterface.addOperator, (operator, appId, versionId, 1));
    }

    function removeCall(address operator) internal view returns (bytes memory) {
        return abi.encodeCall(INovaAppInterface.removeOperator, (operator, appId, versionId, 1));
    }

    function record(string memory name, bytes memory callback) internal {
        uint256 least = leastLimit(callback);
        vm.snapshotValue("callbacks", name, least);
        assertLt(least, PLATFORM_LIMIT);
        // The search found an edge, not the end of its range.
        assertGt(least, 20_000);
    }

    /// @dev Registers and stops through the platform's registry, with its default limit.
    function loseNothing(address newcomer, address leaver) internal {
        assertEq(apps.callbackGasLimit(), PLATFORM_LIMIT);
        uint256 count = registry.operatorCount();
        vm.cool(address(registry));
        register(newcomer);
        assertTrue(registry.isOperator(newcomer));
        vm.cool(address(registry));
        stop(leaver);
        assertFalse(registry.isOperator(leaver));
        assertEq(registry.operatorCount(), count);
    }
}

contract CallbackGasOfNoneTest is CallbackGasTest {
    function setUp() public override {
        setUpWith(0);
    }

    function test_AddFirst() external {
        record("addOperator: first of 1", addCall(wallet(1)));
    }

    function test_LeastLimitOfTheFirst() external {
        recordRegistration("least callbackGasLimit: first of 1", wallet(1));
    }
}

contract CallbackGasOfOneTest is CallbackGasTest {
    function setUp() public override {
        setUpWith(1);
    }

    function test_RemoveFirst() external {
        record("removeOperator: last of 1", removeCall(wallet(1)));
    }

    function test_RemoveFirstAtTheLeastLimit() external {
        stopAtTheLeastLimit(wallet(1));
    }

    function test_NoCallbackIsLostAtTheDefaultLimit() external {
        loseNothing(wallet(2), wallet(1));
    }
}

contract CallbackGasOf499Test is CallbackGasTest {
    function setUp() public override {
        setUpWith(499);
    }

    function test_Add500th() external {
        record("addOperator: 500th", addCall(wallet(500)));
    }

    function test_LeastLimitOfThe500th() external {
        recordRegistration("least callbackGasLimit: 500th", wallet(500));
    }

    function test_NoCallbackIsLostAtTheDefaultLimitWith500() external {
        loseNothing(wallet(500), wallet(1));
    }
}

contract CallbackGasOf500Test is CallbackGasTest {
    function setUp() public override {
        setUpWith(500);
    }

    function test_RemoveLastOf500() external {
        record("removeOperator: last of 500", removeCall(wallet(500)));
    }

    function test_RemoveFirstOf500() external {
        record("removeOperator: first of 500", removeCall(wallet(1)));
    }

    function test_RemoveFirstOf500AtTheLeastLimit() external {
        stopAtTheLeastLimit(wallet(1));
    }
}

/// @notice What transactions cost, 21,000 for being one included: each call is a transaction of its own here.
contract CallGasTest is RegistryTest {
    function record(string memory name) private {
        vm.snapshotGasLastCall("calls", name);
    }

    function test_CodeSize() external {
        address implementation = address(uint160(uint256(vm.load(address(registry), ERC1967Utils.IMPLEMENTATION_SLOT))));
        uint256 size = implementation.code.length;
        assertGt(size, 0);
        assertLe(size, 22 * 1024, "2 KiB below EIP-170: the next repair must fit");
        vm.snapshotValue("calls", "bytes of code (22528 at most)", size);
    }

    /// forge-config: default.isolate = true
    function test_SnapshotOfCalls() external {
        stop(carol);
        registry.syncOperator(alice);
        record("syncOperator: nothing to repair");
        propose(alice, HASH_1);
        record("proposeMasterSecret");
        vm.prank(bob);
        registry.confirmMasterSecret(1, HASH_1);
        record("confirmMasterSecret: activates, target 2");
        assertEq(registry.epochCount(), 1);
        vm.prank(owner);
        registry.requestRotation();
        record("requestRotation");
        vm.prank(owner);
        uint64 id = registry.schedule(IKMSRegistry.ActionKind.AddMeasurement, abi.encode(OTHER_MEASUREMENT));
        record("schedule: AddMeasurement");
        vm.warp(block.timestamp + DELAY);
        vm.prank(owner);
        registry.execute(id);
        record("execute: AddMeasurement");
        vm.prank(guardian);
        registry.suspendMeasurement(MEASUREMENT);
        record("suspendMeasurement");
        vm.prank(owner);
        registry.liftSuspension(MEASUREMENT);
        record("liftSuspension");
        vm.prank(owner);
        registry.removeMeasurement(OTHER_MEASUREMENT);
        record("removeMeasurement");
        id = ready(IKMSRegistry.ActionKind.Reset, "");
        vm.prank(owner);
        registry.execute(id);
        record("execute: Reset");
        assertTrue(registry.epochAt(1).retired);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";
import {SlowRegistry} from "../mocks/SlowRegistry.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";

/// @notice The gas limit that a node's transactions need, beside the gas that they use. The figures are kept in
///         `contracts/snapshots`; nodes add a margin to their estimates that is held against them.
/// @dev Everything happens in `setUp`, which is another transaction than the test: see {CallbackGasTest}.
abstract contract TransactionGasTest is RegistryTest {
    /// @dev Gas that the slowest read uses which is not cut off: see `test_NoGasLimitStarvesARead`.
    uint256 private constant SLOWEST = 296_500;
    uint256 private constant HIGHEST = 16_000_000;

    /// @dev A registry with a target, on a platform that is as quick as ours or as slow as it may be, and an expired
    ///      proposal; then an open one that so many have confirmed.
    function setUpWith(uint32 target, bool slow, uint256 confirmations) internal {
        super.setUp();
        IKMSRegistry.InitParams memory params = defaultParams();
        params.confirmationTarget = target;
        if (slow) params.novaAppRegistry = address(new SlowRegistry(address(apps), SLOWEST));
        registry = deployProxy(new KMSRegistry(), params);
        for (uint256 i = 1; i <= confirmations; i++) {
            register(operatorNumber(i));
        }
        if (target > 1) {
            propose(bob, HASH_1);
            expireProposal();
        }
        if (confirmations > 0) propose(operatorNumber(1), HASH_2);
        for (uint256 i = 2; i <= confirmations; i++) {
            confirm(operatorNumber(i));
        }
    }

    function operatorNumber(uint256 i) internal pure returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast) -- small numbers
        return address(uint160(0x10000 + i));
    }

    function proposeCall() internal pure returns (bytes memory) {
        return abi.encodeCall(IKMSRegistry.proposeMasterSecret, (HASH_3, 1));
    }

    function confirmCall() internal view returns (bytes memory) {
        return abi.encodeCall(IKMSRegistry.confirmMasterSecret, (registry.proposal().id, HASH_2));
    }

    function syncCall() internal view returns (bytes memory) {
        return abi.encodeCall(IKMSRegistry.syncOperator, (alice));
    }

    /// @dev Records what the transaction uses and the least limit with which it succeeds.
    function record(string memory name, address from, bytes memory data) internal {
        uint256 used = tryWith(HIGHEST, from, data);
        assertGt(used, 0, "it succeeds");
        (uint256 low, uint256 high) = (used, HIGHEST);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (tryWith(middle, from, data) > 0) high = middle;
            else low = middle + 1;
        }
        assertGt(low, used, "reads ask for more than they use");
        vm.snapshotValue("transactions", string.concat(name, ": used"), used + intrinsic(data));
        vm.snapshotValue("transactions", string.concat(name, ": needed"), low + intrinsic(data));
    }

    /// @dev Gas that the call uses with this limit, account and slots all cold; 0 when it fails.
    function tryWith(uint256 limit, address from, bytes memory data) private returns (uint256 used) {
        uint256 before = vm.snapshotState();
        vm.cool(address(registry));
        vm.cool(address(uint160(uint256(vm.load(address(registry), ERC1967Utils.IMPLEMENTATION_SLOT)))));
        vm.cool(registry.novaAppRegistry());
        vm.cool(address(apps));
        vm.prank(from);
        uint256 left = gasleft();
        (bool ok,) = address(registry).call{gas: limit}(data);
        used = ok ? left - gasleft() : 0;
        vm.revertToStateAndDelete(before);
    }

    /// @dev What a transaction costs before its first instruction (EIP-2028).
    function intrinsic(bytes memory data) private pure returns (uint256 gas) {
        gas = 21_000;
        for (uint256 i = 0; i < data.length; i++) {
            gas += data[i] == 0 ? 4 : 16;
        }
    }
}

contract TransactionGasOfNoConfirmationTest is TransactionGasTest {
    function setUp() public override {
        setUpWith(2, false, 0);
    }

    function test_Propose() external {
        record("proposeMasterSecret", alice, proposeCall());
    }

    function test_Sync() external {
        record("syncOperator: lists", alice, syncCall());
    }
}

contract TransactionGasOfOneConfirmationTest is TransactionGasTest {
    function setUp() public override {
        setUpWith(3, false, 1);
    }

    function test_ConfirmNotLast() external {
        record("confirmMasterSecret: second of 3", alice, confirmCall());
    }
}

contract TransactionGasOfTwoConfirmationsTest is TransactionGasTest {
    function setUp() public override {
        setUpWith(3, false, 2);
    }

    function test_ConfirmLast() external {
        record("confirmMasterSecret: last of 3", alice, confirmCall());
    }
}

contract TransactionGasOfTargetOneTest is TransactionGasTest {
    function setUp() public override {
        setUpWith(1, true, 0);
    }

    function test_SlowProposeActivates() external {
        record("slowest registry, proposeMasterSecret: activates", alice, proposeCall());
    }
}

contract SlowTransactionGasTest is TransactionGasTest {
    function setUp() public override {
        setUpWith(2, true, 1);
    }

    function test_SlowConfirmLastOfTwo() external {
        record("slowest registry, confirmMasterSecret: last of 2", alice, confirmCall());
    }

    function test_SlowSync() external {
        record("slowest registry, syncOperator: lists", alice, syncCall());
    }
}

contract SlowTransactionGasOfTargetSixteenTest is TransactionGasTest {
    function setUp() public override {
        setUpWith(16, true, 15);
    }

    function test_SlowConfirmLastOfSixteen() external {
        record("slowest registry, confirmMasterSecret: last of 16", alice, confirmCall());
    }
}

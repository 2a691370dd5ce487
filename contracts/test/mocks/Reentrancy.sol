// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KMSRegistry} from "../../src/KMSRegistry.sol";
import {IKMSRegistry} from "../../src/interfaces/IKMSRegistry.sol";

/// @notice An owner that executes an action a second time while it is being executed.
contract ReentrantOwner {
    KMSRegistry private registry;
    uint64 private actionId;
    bytes public secondAttempt;

    function scheduleUpgrade(KMSRegistry registry_, address implementation) external {
        registry = registry_;
        actionId = registry_.schedule(
            IKMSRegistry.ActionKind.Upgrade,
            abi.encode(implementation, implementation.codehash, abi.encodeCall(CallingImplementation.callOwner, ()))
        );
    }

    function execute() external {
        registry.execute(actionId);
    }

    function onUpgrade() external {
        if (secondAttempt.length != 0) return;
        secondAttempt = "went through";
        try registry.execute(actionId) {}
        catch (bytes memory reason) {
            secondAttempt = reason;
        }
    }
}

/// @notice An implementation whose initialiser calls the owner.
contract CallingImplementation is KMSRegistry {
    function callOwner() external {
        ReentrantOwner(owner()).onUpgrade();
    }
}

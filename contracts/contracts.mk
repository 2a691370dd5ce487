# Targets of the Solidity part; included by the root Makefile.
FORGE := node_modules/.bin/forge

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts
	@touch $@

.PHONY: contracts-build contracts-test contracts-quick contracts-scripts contracts-long contracts-mutations \
	contracts-coverage contracts-gas contracts-gas-update contracts-layout contracts-lint

contracts-build: node_modules/.package-lock.json
	$(FORGE) build

# What `make test` runs of the contracts (scripts/test.sh, which counts): specs, unit, fuzz, invariants (quick profile),
# gas figures; the scripts on a real Anvil; the records of layout and ABI; coverage; lint.
contracts-test: contracts-quick contracts-scripts contracts-layout contracts-coverage contracts-lint

contracts-quick: node_modules/.package-lock.json
	node contracts/tools/check-trees.mjs
	$(FORGE) test

contracts-scripts: contracts-build
	node --test contracts/test/governance-on-anvil.mjs

# At least 1,000,000 handler calls (six invariants, 700 runs of 250 calls each), and counts them.
contracts-long: node_modules/.package-lock.json
	node contracts/tools/long-run.mjs

# Breaks the contract in some two hundred small ways; the tests must notice each.
contracts-mutations: contracts-build
	node contracts/tools/mutations.mjs

# Lines and branches of contracts/src without the devnet's registry: below 100 % fails. Gas is measured elsewhere, and
# without the optimizer that coverage turns off. Built apart: nobody else may find these artifacts.
contracts-coverage: node_modules/.package-lock.json
	FORGE_SNAPSHOT_CHECK=false FOUNDRY_OUT=artifacts/coverage/out FOUNDRY_CACHE_PATH=artifacts/coverage/cache \
		$(FORGE) coverage --no-match-path 'contracts/test/{gas,invariant}/*' \
		--no-match-coverage 'contracts/(test|script|src/dev)/' --report summary --report lcov
	node contracts/tools/check-coverage.mjs lcov.info

# The figures in contracts/snapshots must be met exactly, and callbacks stay under 100,000 gas.
contracts-gas: node_modules/.package-lock.json
	$(FORGE) test --match-path 'contracts/test/gas/*'

contracts-gas-update: node_modules/.package-lock.json
	FORGE_SNAPSHOT_CHECK=false FORGE_SNAPSHOT_EMIT=true $(FORGE) test --match-path 'contracts/test/gas/*'

# Storage layout and ABI against their records, the node's messages against the ABI, and the code size against its bound (22 KiB).
# An intended change: contracts/tools/{storage-layout,abi,messages}.mjs --write, in this order.
contracts-layout: contracts-build
	node contracts/tools/storage-layout.mjs
	node contracts/tools/abi.mjs
	node contracts/tools/messages.mjs
	node contracts/tools/size.mjs

contracts-lint: node_modules/.package-lock.json
	$(FORGE) fmt --check
	$(FORGE) lint --deny warnings

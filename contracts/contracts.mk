# Targets of the Solidity part; included by the root Makefile, and usable alone: make -f contracts/contracts.mk …
FORGE := node_modules/.bin/forge

node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts
	@touch $@

.PHONY: contracts-build
contracts-build: node_modules/.package-lock.json
	$(FORGE) build

# Two commands do it all: `make demo` runs a cluster, `make test` passes.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
CONFIGURATION ?= Release
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export COYOTE_CLI_TELEMETRY_OPTOUT := 1

.PHONY: help setup build demo publish test format format-check bench clean

help: ## What there is.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: node_modules/.package-lock.json ## Installs Foundry, solc and the packages (and Chromium when it can).
	@scripts/setup-chromium.sh
	@dotnet restore --locked-mode NovaKms.sln

build: setup ## Contracts and all of .NET, side by side: neither needs the other to be built.
	@node_modules/.bin/forge build & contracts=$$!; \
	dotnet build --no-restore -c $(CONFIGURATION) NovaKms.sln; \
	wait $$contracts

demo: build ## A devnet of three nodes does the main job and says so.
	@dotnet run --no-build -c $(CONFIGURATION) --project src/Kms.Cli -- demo

publish: ## A self-contained node for linux-x64, the same bytes from the same commit, with a bill of materials.
	@rm -rf artifacts/publish
	@scripts/publish.sh

test: build ## Every test of both languages.
	@scripts/test.sh $(CONFIGURATION)

format: ## Rewrites the sources to the house style.
	dotnet format NovaKms.sln
	node_modules/.bin/forge fmt

format-check: ## Fails where the sources are not in the house style.
	dotnet format NovaKms.sln --no-restore --verify-no-changes
	node_modules/.bin/forge fmt --check

bench: build ## Benchmarks (docs/benchmarks.md).
	dotnet run --no-build -c Release --project bench -- --filter '*'

clean: ## Removes what builds made.
	rm -rf node_modules contracts/out contracts/cache artifacts .devnet
	find src tests bench samples -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

-include contracts/contracts.mk
-include tests/chaos/chaos.mk
-include tests/fuzz/fuzz.mk

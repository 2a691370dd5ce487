.PHONY: chaos sprint determinism resurrections

MINUTES ?= 10

chaos: ## Swarm for MINUTES=10: every scenario on fresh seeds until one fails.
	dotnet build -c Release src/Kms.Sim
	dotnet run --no-build -c Release --project src/Kms.Sim -- run --minutes $(MINUTES)

sprint: ## The same under Coyote: interleavings instead of days, for MINUTES=10.
	dotnet build -c Release src/Kms.Sim
	dotnet run --no-build -c Release --project src/Kms.Sim -- run --driver sprint --quiet --minutes $(MINUTES)

determinism: ## Runs SEEDS=100 random seeds of both drivers in two processes each and compares the event hashes.
	dotnet build -c Release src/Kms.Sim
	tests/chaos/determinism.sh

resurrections: ## Brings known flaws back one by one: the scenarios must find each (SEEDS=20 RUNS=40).
	tests/chaos/resurrections/run.sh

.PHONY: chaos resurrections

MINUTES ?= 10

chaos: ## Swarm for MINUTES=10: every scenario on fresh seeds until one fails.
	dotnet build -c Release src/Kms.Sim
	dotnet run --no-build -c Release --project src/Kms.Sim -- run --minutes $(MINUTES)

resurrections: ## Brings known flaws back one by one: the scenarios must find each (SEEDS=20 RUNS=40).
	tests/chaos/resurrections/run.sh

.PHONY: fuzz fuzz-seeds

fuzz: ## Fuzzes every parser of foreign bytes for MINUTES=60 in all (docs/fuzzing.md); TARGETS="json rlp" for some.
	tests/fuzz/fuzz.sh

fuzz-seeds: ## Writes the seeds of all targets into the corpus again.
	dotnet run -c Release --project tests/fuzz -- seeds tests/fuzz/corpus

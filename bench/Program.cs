using BenchmarkDotNet.Running;
using Kms.Benchmarks;

// dotnet run -c Release --project bench -- --filter '*'          everything, a few minutes
// dotnet run -c Release --project bench -- --filter '*Envelope*'  one group
BenchmarkSwitcher.FromAssembly(typeof(ShortRunConfig).Assembly).Run(args, new ShortRunConfig());

using System.CommandLine;
using Kms.Sim.Cli;

var root = new RootCommand("novasim: a hostile world for Nova KMS nodes, from one seed");
root.Subcommands.Add(RunCommand.Create());
root.Subcommands.Add(ReplayCommand.Create());
root.Subcommands.Add(HuntCommand.Create());
root.Subcommands.Add(ListCommand.Create());
root.Subcommands.Add(ReportCommand.Create());
root.Subcommands.Add(ConstructsCommand.Create());
return root.Parse(args).Invoke();

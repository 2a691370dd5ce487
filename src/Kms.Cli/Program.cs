using Kms.Cli;

return await NovaKmsProgram.RunAsync(args, Console.OpenStandardOutput(), Console.Error);

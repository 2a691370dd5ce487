using Kms.Node;

return await NodeProgram.RunAsync(args, Console.Error);

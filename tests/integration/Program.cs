using Kms.Hosting;

namespace Kms.Integration;

/// <summary>
/// The child process of <c>Hosting/SecretMemoryTests</c>: a node that runs until a line comes in, and a process that outlives its
/// node until another does, so that its memory can be read both times.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["node-until-told", var listen, .. var settings])
        {
            await Console.Error.WriteLineAsync("this program is started by the tests");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        await using (var host = await NodeHost.CreateAsync(listen, configFile: null, settings))
        {
            var running = host.RunAsync(stop.Token);
            Console.ReadLine();
            await stop.CancelAsync();
            await running;
        }

        Console.WriteLine("stopped");
        Console.ReadLine();
        return 0;
    }
}

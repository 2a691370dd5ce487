using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;

namespace Kms.Sim.Drivers.Rewriting;

/// <summary>
/// The scratch copy of the output folder whose assemblies Coyote controls. Made on demand and again whenever the built assemblies
/// are others than those it was made from; what was built is never touched.
/// </summary>
internal static class RewrittenCopy
{
    private const string Folder = "sprint";
    private const string StampFile = "rewritten-from";
    private const int LockAttempts = 1_200;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    private static readonly System.Reflection.Assembly[] Ours =
        [typeof(RewrittenCopy).Assembly, typeof(Core.Limits).Assembly, typeof(Client.KmsClient).Assembly, typeof(NitroIssuer).Assembly];

    /// <summary>True in a process that runs the copy.</summary>
    public static bool IsThis => Ours.All(Microsoft.Coyote.Rewriting.RewritingEngine.IsAssemblyRewritten);

    /// <exception cref="InvalidOperationException">An assembly is not rewritten: Coyote would control nothing.</exception>
    public static void Require()
    {
        foreach (var assembly in Ours.Where(one => !Microsoft.Coyote.Rewriting.RewritingEngine.IsAssemblyRewritten(one)))
        {
            throw new InvalidOperationException(
                $"{assembly.GetName().Name} is not rewritten, so a Sprint would prove nothing; run it as `novasim run --driver sprint`");
        }
    }

    /// <summary>Runs the program again from the copy, with the same arguments.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(IEnumerable<string> arguments)
    {
        using var process = Process.Start(Start(arguments))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>How to start the copy, which this makes first if it has to; from within the copy, another process of it.</summary>
    public static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet");
        start.ArgumentList.Add(Path.Combine(IsThis ? AppContext.BaseDirectory : Make(), Path.GetFileName(typeof(RewrittenCopy).Assembly.Location)));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // One operation runs at a time and each has a thread: small stacks are cheap to make, a concurrent collector only disturbs.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_Thread_DefaultStackSize"] = "100000";
        return start;
    }

    private static string Make()
    {
        var source = Path.GetDirectoryName(typeof(RewrittenCopy).Assembly.Location)!;
        var copy = Path.Combine(source, Folder);
        using var only = Lock(copy + ".lock");
        var stamp = Stamp();
        var stampPath = Path.Combine(copy, StampFile);
        if (File.Exists(stampPath) && File.ReadAllText(stampPath) == stamp)
        {
            return copy;
        }

        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }

        CopyFiles(source, copy);
        CoyoteRewriter.Rewrite(copy, [.. Ours.Select(assembly => Path.Combine(copy, Path.GetFileName(assembly.Location)))]);
        File.WriteAllText(stampPath, stamp);
        return copy;
    }

    // Module ids change with every change of the sources (builds are deterministic) and with nothing else.
    private static string Stamp() => Hex.EncodeBare(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join(' ', Ours.Select(assembly => assembly.ManifestModule.ModuleVersionId.ToString("N"))))));

    private static void CopyFiles(string source, string copy)
    {
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(source).Where(file => Path.GetExtension(file) is ".dll" or ".json" or ".pdb" or ".so"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }

        // Native libraries: not rewritten, but looked for beside the program.
        var natives = Path.Combine(source, "runtimes");
        foreach (var file in Directory.Exists(natives) ? Directory.EnumerateFiles(natives, "*", SearchOption.AllDirectories) : [])
        {
            var to = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to, overwrite: true);
        }
    }

    private static FileStream Lock(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                // Another process makes the copy.
                Thread.Sleep(LockPause);
            }
        }
    }
}

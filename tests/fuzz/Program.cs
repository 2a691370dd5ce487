using System.Runtime.InteropServices;
using Kms.Fuzz;
using SharpFuzz;
using SharpFuzz.Common;

// list | seeds FOLDER | run TARGET (under AFL++, the input on stdin) | replay TARGET FILE...
switch (args)
{
    case ["list"]:
        foreach (var target in FuzzTargets.All)
        {
            Console.WriteLine(target.Name);
        }

        return 0;
    case ["seeds", var folder]:
        foreach (var target in FuzzTargets.All)
        {
            string into = Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName;
            int number = 0;
            foreach (byte[] seed in target.Seeds())
            {
                File.WriteAllBytes(Path.Combine(into, $"seed-{number++:00}"), seed);
            }
        }

        return 0;
    case ["run", var name]:
        var chosen = FuzzTargets.Of(name);
        WarmUp(chosen);
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            chosen.Hold(copy.ToArray());
        });
        return 0;
    case ["replay", var name, .. var files]:
        var replayed = FuzzTargets.Of(name);
        WarmUp(replayed);
        foreach (string file in files)
        {
            Console.WriteLine($"{file}: {replayed.Hold(File.ReadAllBytes(file))} bytes allocated");
        }

        return 0;
    default:
        Console.Error.WriteLine("list | seeds FOLDER | run TARGET | replay TARGET FILE...");
        return 2;
}

// What is made once for the process is no input's fault. The instrumented code counts into the fuzzer's memory, which is not there
// before the fuzzer runs, and never in a replay.
static unsafe void WarmUp(FuzzTarget target)
{
    Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(ushort.MaxValue + 1);
    foreach (byte[] seed in target.Seeds())
    {
        target.Read(seed);
    }
}

using System.Diagnostics;

namespace Kms.Devnet.Processes;

/// <summary>A child process that cannot outlive this one, whatever ends it.</summary>
/// <remarks>
/// A small shell stands between us and the child: it reads a pipe that we hold open. When we close it, or die by any signal
/// (SIGKILL included), the kernel closes our end, the shell reads end-of-file and kills the child. PR_SET_PDEATHSIG would be
/// shorter, but it fires when the *thread* that started the child ends, and .NET starts children from pool threads.
/// </remarks>
internal sealed class SupervisedProcess : IDisposable
{
    // Descriptor 3 is the pipe. The reader is its own process, so that the child's own end is noticed too.
    private const string Script = """
        trap '' INT HUP QUIT
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        { read -r _ <&3; kill -KILL $child; } >/dev/null 2>&1 &
        reader=$!
        wait $child
        code=$?
        kill -KILL $reader >/dev/null 2>&1
        exit $code
        """;

    private readonly Process _shell;

    private SupervisedProcess(Process shell) => _shell = shell;

    /// <summary>Id of the shell, which ends right after the child.</summary>
    public int Id => _shell.Id;

    public bool HasExited => _shell.HasExited;

    /// <param name="onLine">Called for every line the child writes to either stream.</param>
    /// <param name="environment">Added to ours.</param>
    public static SupervisedProcess Start(
        string program,
        IReadOnlyList<string> arguments,
        Action<string> onLine,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = workingDirectory ?? string.Empty,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])["-c", Script, "sh", program, .. arguments])
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        var shell = new Process { StartInfo = info };
        shell.OutputDataReceived += (_, line) => Forward(line.Data, onLine);
        shell.ErrorDataReceived += (_, line) => Forward(line.Data, onLine);
        shell.Start();
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        return new SupervisedProcess(shell);
    }

    /// <summary>Waits until the child ended by itself and all its lines were delivered.</summary>
    public Task WaitAsync(CancellationToken cancel) => _shell.WaitForExitAsync(cancel);

    /// <summary>Kills the child and waits until it is gone.</summary>
    public async Task StopAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_shell.HasExited)
        {
            _shell.StandardInput.Close();
            _shell.WaitForExit();
        }

        _shell.Dispose();
    }

    private static void Forward(string? line, Action<string> onLine)
    {
        if (line is not null)
        {
            onLine(line);
        }
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kms.Client;
using Kms.Core.Primitives;
using Kms.Node;

namespace Kms.Cli;

/// <summary>Keeps the two streams apart: the result alone goes to stdout. Whatever is written is flushed: nothing is left to fail later.</summary>
internal sealed class CliOutput(Stream output, TextWriter log)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new RawJsonConverter() },
    };

    public void Log(string line)
    {
        // Nodes report from their own threads.
        lock (log)
        {
            log.WriteLine(line);
        }
    }

    public void Line(string text) => Bytes(Encoding.UTF8.GetBytes(text + "\n"));

    /// <exception cref="UsageException">A full disk, a reader that has gone.</exception>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            output.Write(bytes);
            output.Flush();
        }
        catch (IOException error)
        {
            throw new UsageException($"the result cannot be written: {error.Message}", error);
        }
    }

    public void Object(object result) => Line(JsonSerializer.Serialize(result, Json));

    /// <summary>Says why there is no result.</summary>
    /// <returns>The exit code.</returns>
    public int Fail<T>(Result<T, KmsError> result)
    {
        Log($"{result.Failure}: {result.Detail}");
        return result.Failure?.Kind is KmsFailure.Refused or KmsFailure.NotFound or KmsFailure.VersionConflict ? ExitCode.Refused : ExitCode.Unavailable;
    }
}

using System.CommandLine;
using System.Security.Cryptography;
using Kms.Client;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Node;

namespace Kms.Cli.Commands;

/// <summary><c>novakms kv get|put|list|delete</c>. Values come from a file or stdin, and go to stdout as they are.</summary>
internal static class KvCommand
{
    public static Command Create(CliOutput io) => new("kv", "Store and read values of the app")
    {
        Get(io),
        Put(io),
        List(io),
        Delete(io),
    };

    private static Command Get(CliOutput io)
    {
        var key = KeyArgument();
        var command = new Command("get", "Print a value") { key };
        var options = new ClientOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var connection = options.Open(parsed);
            var result = await connection.Client.GetAsync(parsed.GetRequiredValue(key), cancel);
            if (!result.TryGet(out var value))
            {
                return io.Fail(result);
            }

            using (value)
            {
                if (options.Json(parsed))
                {
                    io.Object(new { key = value.Key, value = Convert.ToBase64String(value.Bytes), version = value.Version, updated_at_ms = value.UpdatedAtMs });
                }
                else
                {
                    io.Bytes(value.Bytes);
                }
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Put(CliOutput io)
    {
        var key = KeyArgument();
        var file = new Option<string?>("--file") { Description = "Read the value from this file (default: stdin)", HelpName = "FILE" };
        var ifVersion = new Option<string?>("--if-version") { Description = "Write only over this version" };
        var ttl = new Option<long?>("--ttl-ms") { Description = "Milliseconds until it expires" };
        var quorum = new Option<bool>("--quorum") { Description = "Wait until a quorum of the cluster stored it" };
        var command = new Command("put", "Store a value, read from stdin or a file; prints its version") { key, file, ifVersion, ttl, quorum };
        var options = new ClientOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var connection = options.Open(parsed);
            byte[] value = await ReadValueAsync(parsed.GetValue(file), cancel);
            try
            {
                var request = new PutRequest(parsed.GetRequiredValue(key), value)
                {
                    IfVersion = parsed.GetValue(ifVersion),
                    TtlMs = parsed.GetValue(ttl),
                    AwaitQuorum = parsed.GetValue(quorum),
                };
                var result = await connection.Client.PutAsync(request, cancel);
                if (!result.TryGet(out var receipt))
                {
                    return io.Fail(result);
                }

                if (options.Json(parsed))
                {
                    io.Object(new { key = receipt.Key, version = receipt.Version, updated_at_ms = receipt.UpdatedAtMs });
                }
                else
                {
                    io.Line(receipt.Version);
                }

                return ExitCode.Ok;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(value);
            }
        });
        return command;
    }

    private static Command List(CliOutput io)
    {
        var command = new Command("list", "Print the app's keys, one a line");
        var options = new ClientOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var connection = options.Open(parsed);
            var result = await connection.Client.ListAsync(cancel);
            if (!result.TryGet(out var keys))
            {
                return io.Fail(result);
            }

            if (options.Json(parsed))
            {
                io.Object(new { keys, count = keys.Count });
                return ExitCode.Ok;
            }

            foreach (string one in keys)
            {
                io.Line(one);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Delete(CliOutput io)
    {
        var key = KeyArgument();
        var command = new Command("delete", "Delete a key; prints whether it existed") { key };
        var options = new ClientOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var connection = options.Open(parsed);
            var result = await connection.Client.DeleteAsync(parsed.GetRequiredValue(key), cancel);
            if (!result.TryGet(out bool existed))
            {
                return io.Fail(result);
            }

            if (options.Json(parsed))
            {
                io.Object(new { key = parsed.GetRequiredValue(key), deleted = existed });
            }
            else
            {
                io.Line(existed ? "deleted" : "absent");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Argument<string> KeyArgument() => new("KEY") { Description = "1 to 512 bytes" };

    private static async Task<byte[]> ReadValueAsync(string? file, CancellationToken cancel)
    {
        try
        {
            await using var source = file is null ? Console.OpenStandardInput() : File.OpenRead(file);
            byte[] buffer = SecretBytes.Allocate(Limits.MaxValueBytes + 1);
            try
            {
                int length = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
                return length <= Limits.MaxValueBytes ? buffer[..length] : throw new UsageException($"the value is over {Limits.MaxValueBytes} bytes");
            }
            finally
            {
                CryptographicOperations.ZeroMemory(buffer);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the value cannot be read: {error.Message}", error);
        }
    }
}

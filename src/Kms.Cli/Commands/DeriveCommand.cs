using System.CommandLine;
using Kms.Client;
using Kms.Core.Primitives;
using Kms.Node;

namespace Kms.Cli.Commands;

/// <summary><c>novakms derive PATH</c>: the key on stdout, hex.</summary>
internal static class DeriveCommand
{
    public static Command Create(CliOutput io)
    {
        var path = new Argument<string>("PATH") { Description = "What the key is for, 1 to 512 bytes" };
        var context = new Option<string>("--context") { Description = "Further separation, at most 1024 bytes", DefaultValueFactory = _ => string.Empty };
        var length = new Option<int>("--length") { Description = "Bytes, 1 to 1024", DefaultValueFactory = _ => 32 };
        var epoch = new Option<ulong?>("--epoch") { Description = "Epoch of the master secret (default: the cluster's)" };
        var derivation = new Option<int>("--derivation") { Description = "1 as existing apps, or 2", DefaultValueFactory = _ => 1 };
        var fingerprint = new Option<bool>("--fingerprint") { Description = "Print the key's fingerprint instead of the key" };
        var command = new Command("derive", "Derive a key of the app") { path, context, length, epoch, derivation, fingerprint };
        var options = new ClientOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var connection = options.Open(parsed);
            var request = new DeriveRequest(parsed.GetRequiredValue(path))
            {
                Context = parsed.GetRequiredValue(context),
                Length = parsed.GetValue(length),
                Epoch = parsed.GetValue(epoch) switch
                {
                    null => null,
                    0 => throw new UsageException("--epoch counts from 1"),
                    var number => Epoch.From(number.Value),
                },
                Derivation = parsed.GetValue(derivation),
            };
            var result = await connection.Client.DeriveAsync(request, cancel);
            if (!result.TryGet(out var key))
            {
                return io.Fail(result);
            }

            using (key)
            {
                var (name, text) = parsed.GetValue(fingerprint) ? ("fingerprint", key.Fingerprint) : ("key", Hex.Encode(key.Bytes));
                if (options.Json(parsed))
                {
                    io.Object(new Dictionary<string, object>
                    {
                        ["app_id"] = key.App.Value,
                        ["path"] = request.Path,
                        ["epoch"] = key.Epoch.Value,
                        ["length"] = key.Bytes.Length,
                        [name] = text,
                    });
                }
                else
                {
                    io.Line(text);
                }
            }

            return ExitCode.Ok;
        });
        return command;
    }
}

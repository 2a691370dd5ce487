using System.Text.Json;

namespace Kms.Hosting.Devnet;

/// <summary><c>devnet.json</c>: all that a client in any language needs to use a running devnet. Hex is lower-case with 0x.</summary>
public sealed record DevnetFile(
    ulong ChainId, Uri RpcUrl, DevnetFile.ContractsPart Contracts, IReadOnlyList<DevnetFile.NodePart> Nodes, DevnetFile.AppPart App)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public sealed record ContractsPart(string KmsRegistry, string NovaAppRegistry);

    public sealed record NodePart(string Url, string Wallet, string TeePublicKey, string OdynUrl);

    /// <summary>The demo app, private keys included: a devnet's keys protect nothing, and the file is readable by its owner only.</summary>
    public sealed record AppPart(
        ulong AppId,
        ulong VersionId,
        ulong InstanceId,
        string Wallet,
        string WalletPrivateKey,
        string TeePublicKey,
        string TeePrivateKeyPkcs8,
        string OdynUrl);

    /// <exception cref="DevnetException">No such file, or not one of ours; the message says what to do.</exception>
    public static DevnetFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<DevnetFile>(stream, Json) ?? throw new DevnetException($"{path} is empty");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DevnetException($"{path} does not exist: start a devnet with `novakms devnet`, or name its file with --devnet", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new DevnetException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Writes with mode 0600 and by rename, so that a reader sees all of it or nothing.</summary>
    public void Write(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string draft = $"{full}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(stream, this, Json);
        }

        File.Move(draft, full, overwrite: true);
    }
}

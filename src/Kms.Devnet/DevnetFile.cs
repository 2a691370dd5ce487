using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Kms.Devnet;

/// <summary><c>devnet.json</c>: all that a client in any language needs to use a running devnet. Hex is lower-case with 0x.</summary>
public sealed record DevnetFile(
    ulong ChainId, Uri RpcUrl, DevnetFile.ContractsPart Contracts, IReadOnlyList<DevnetFile.NodePart> Nodes, DevnetFile.AppPart App)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public sealed record ContractsPart(string KmsRegistry, string NovaAppRegistry);

    public sealed record NodePart(string Url, string Wallet, string TeePublicKey, string OdynUrl);

    /// <summary>The demo app, private keys included: a devnet's keys protect nothing, and the file is readable by its owner only.</summary>
    /// <param name="EnvelopeScheme">How its supervisor and the nodes' derive envelope keys: <see cref="Core.Cryptography.EnvelopeScheme.Name"/>.</param>
    public sealed record AppPart(
        ulong AppId,
        ulong VersionId,
        ulong InstanceId,
        string Wallet,
        string WalletPrivateKey,
        string TeePublicKey,
        string TeePrivateKeyPkcs8,
        string OdynUrl,
        string EnvelopeScheme);

    /// <exception cref="DevnetException">No such file, or not one of ours; the message says what to do.</exception>
    public static DevnetFile Read(string path)
    {
        try
        {
            // One more than is taken: a device has no end.
            byte[] bytes = new byte[DevnetFileReader.MaxBytes + 1];
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return TryParse(bytes.AsMemory(0, length), out var file, out string refusal)
                ? file
                : throw new DevnetException($"{path} does not describe a devnet ({refusal}): start one with `novakms devnet`, or name its file with --devnet");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DevnetException($"{path} does not exist: start a devnet with `novakms devnet`, or name its file with --devnet", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DevnetException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The whole file, every value of it usable as what it is, or where it is not; the refusal never holds a value.</summary>
    internal static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out DevnetFile? file, out string refusal) =>
        DevnetFileReader.TryRead(utf8, out file, out refusal);

    /// <summary>Writes with mode 0600 and by rename, so that a reader sees all of it or nothing.</summary>
    /// <exception cref="DevnetException">The file cannot be written there.</exception>
    internal void Write(string path)
    {
        PrepareFolder(path);
        try
        {
            Replace(Path.GetFullPath(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DevnetException($"{path} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Makes the folder of the file, so that a devnet that could not describe itself does not even start.</summary>
    /// <exception cref="DevnetException">It cannot be made.</exception>
    internal static void PrepareFolder(string? path)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DevnetException($"{path} cannot be written: {error.Message}", error);
        }
    }

    private void Replace(string full)
    {
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

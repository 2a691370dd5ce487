using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Kms.Core.Json;
using Kms.Core.Network;

namespace Kms.Devnet;

/// <summary>Reads a <see cref="DevnetFile"/>: what comes out is usable without another check, keys included.</summary>
/// <remarks>Members that we do not know are passed over: the file of a newer devnet serves an older client.</remarks>
internal sealed class DevnetFileReader
{
    public const int MaxBytes = 1024 * 1024;

    // Room for the keys of any curve that somebody may take for ours.
    private const int MaxKeyBytes = 1024;

    private static readonly Uri Nowhere = new("http://localhost");

    /// <summary>The first value that is not what it should be.</summary>
    private string? _refused;

    public static bool TryRead(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out DevnetFile? file, out string refusal)
    {
        file = null;
        if (!StrictJson.TryParse(utf8, MaxBytes, Limits.MaxJsonDepth, out var json, out var why))
        {
            refusal = $"not JSON: {why}";
            return false;
        }

        if (json.Kind != JsonKind.Object)
        {
            refusal = "not a JSON object";
            return false;
        }

        var reader = new DevnetFileReader();
        var read = reader.File(json);
        file = reader._refused is null ? read : null;
        refusal = reader._refused ?? string.Empty;
        return file is not null;
    }

    private DevnetFile File(JsonValue json)
    {
        ulong chainId = Number(json["chainId"], "chainId");
        var rpcUrl = Url(json["rpcUrl"], "rpcUrl");
        var contracts = Object(json["contracts"], "contracts");
        var items = json["nodes"].Items;
        Require(items is not null, "nodes: not an array");
        return new DevnetFile(
            chainId,
            rpcUrl,
            new DevnetFile.ContractsPart(Address(contracts["kmsRegistry"], "contracts.kmsRegistry"), Address(contracts["novaAppRegistry"], "contracts.novaAppRegistry")),
            [.. (items ?? []).Select((node, index) => Node(node, string.Create(CultureInfo.InvariantCulture, $"nodes[{index}]")))],
            App(Object(json["app"], "app")));
    }

    private DevnetFile.NodePart Node(JsonValue json, string at)
    {
        Object(json, at);
        return new DevnetFile.NodePart(
            Url(json["url"], at + ".url").OriginalString,
            Address(json["wallet"], at + ".wallet"),
            Key(json["teePublicKey"], at + ".teePublicKey"),
            Url(json["odynUrl"], at + ".odynUrl").OriginalString);
    }

    private DevnetFile.AppPart App(JsonValue json)
    {
        var part = new DevnetFile.AppPart(
            Number(json["appId"], "app.appId"),
            Number(json["versionId"], "app.versionId"),
            Number(json["instanceId"], "app.instanceId"),
            Address(json["wallet"], "app.wallet"),
            Text(json["walletPrivateKey"], "app.walletPrivateKey"),
            Key(json["teePublicKey"], "app.teePublicKey"),
            Text(json["teePrivateKeyPkcs8"], "app.teePrivateKeyPkcs8"),
            Url(json["odynUrl"], "app.odynUrl").OriginalString,
            Text(json["envelopeScheme"], "app.envelopeScheme"));
        Require(_refused is not null || EnvelopeScheme.TryFind(part.EnvelopeScheme, out _), "app.envelopeScheme: no scheme that is known here");
        if (_refused is null)
        {
            CheckWallet(part);
            CheckTee(part);
        }

        return part;
    }

    private void CheckWallet(DevnetFile.AppPart part)
    {
        Hex.TryDecode(part.WalletPrivateKey, MaxKeyBytes, pinned: true, out byte[] scalar);
        bool imported = EthereumPrivateKey.TryImport(scalar, out var key);
        CryptographicOperations.ZeroMemory(scalar);
        Require(imported, "app.walletPrivateKey: not a secp256k1 key of 32 bytes in hex");
        using (key)
        {
            Require(WalletAddress.TryParse(part.Wallet, out var wallet) && wallet == key?.Wallet, "app.wallet: not the address of app.walletPrivateKey");
        }
    }

    private void CheckTee(DevnetFile.AppPart part)
    {
        Hex.TryDecode(part.TeePrivateKeyPkcs8, MaxKeyBytes, pinned: true, out byte[] pkcs8);
        bool imported = TeePrivateKey.TryImportPkcs8(pkcs8, out var key);
        CryptographicOperations.ZeroMemory(pkcs8);
        Require(imported, "app.teePrivateKeyPkcs8: not a P-384 key in PKCS#8, in hex");
        using (key)
        {
            Require(TeePublicKey.TryParse(part.TeePublicKey, out var stated) && stated!.Equals(key?.PublicKey), "app.teePublicKey: not the public key of app.teePrivateKeyPkcs8");
        }
    }

    private JsonValue Object(JsonValue value, string at)
    {
        Require(value.Kind == JsonKind.Object, $"{at}: not an object");
        return value;
    }

    /// <summary>Chains and ids: zero is nobody's.</summary>
    private ulong Number(JsonValue value, string at)
    {
        Require(value.UInt64 is > 0, $"{at}: not an integer from 1 to 2^64 - 1");
        return value.UInt64 ?? 0;
    }

    private string Text(JsonValue value, string at)
    {
        Require(value.Text is not null, $"{at}: not a string");
        return value.Text ?? string.Empty;
    }

    private string Address(JsonValue value, string at)
    {
        Require(WalletAddress.TryParse(value.Text, out _), $"{at}: not an address");
        return value.Text ?? string.Empty;
    }

    private string Key(JsonValue value, string at)
    {
        Require(TeePublicKey.TryParse(value.Text, out _), $"{at}: not a P-384 public key");
        return value.Text ?? string.Empty;
    }

    private Uri Url(JsonValue value, string at)
    {
        Require(HttpUrl.TryParse(value.Text, out var url), $"{at}: not an http(s) URL");
        return url ?? Nowhere;
    }

    private void Require(bool holds, string otherwise) => _refused ??= holds ? null : otherwise;
}

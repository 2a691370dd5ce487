using System.Text.Json.Nodes;
using Kms.Devnet.Attestation;

namespace Kms.Integration.Support;

/// <summary>The file of a devnet that nobody runs: everything in it is as it should be until a test changes it.</summary>
internal static class DescribedDevnet
{
    private const string Origin = "http://127.0.0.1:1";
    private const string Address = "0x00000000000000000000000000000000000000aa";

    public static JsonObject Json()
    {
        using var enclave = new DevnetAuthority().Boot("app");
        string key = enclave.TeePublicKey.ToString();
        return new JsonObject
        {
            ["chainId"] = 31337,
            ["rpcUrl"] = Origin,
            ["contracts"] = new JsonObject { ["kmsRegistry"] = Address, ["novaAppRegistry"] = Address },
            ["nodes"] = new JsonArray(new JsonObject { ["url"] = Origin, ["wallet"] = Address, ["teePublicKey"] = key, ["odynUrl"] = Origin }),
            ["app"] = new JsonObject
            {
                ["appId"] = 1,
                ["versionId"] = 2,
                ["instanceId"] = 3,
                ["wallet"] = enclave.Wallet.ToString(),
                ["walletPrivateKey"] = enclave.ExportWalletPrivateKey(),
                ["teePublicKey"] = key,
                ["teePrivateKeyPkcs8"] = enclave.ExportTeePrivateKeyPkcs8(),
                ["odynUrl"] = Origin,
                ["envelopeScheme"] = enclave.Build.Envelopes.Name,
            },
        };
    }

    /// <summary>The file with one value of it replaced; an empty path stands for the whole.</summary>
    /// <param name="path">Names and indices, e.g. <c>nodes/0/url</c>.</param>
    /// <param name="value">JSON as it is to be written, whether or not the framework would write it.</param>
    public static string With(string path, string value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        const string Marker = "\"replaced here\"";
        JsonNode at = Json();
        var root = at;
        string[] names = path.Split('/');
        foreach (string name in names[..^1])
        {
            at = at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : at[name]!;
        }

        at[names[^1]] = "replaced here";
        return root.ToJsonString().Replace(Marker, value, StringComparison.Ordinal);
    }

    /// <summary>Writes the text to a file of its own, for as long as it takes.</summary>
    public static async Task UsingAsync(string text, Func<string, Task> use)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            await use(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}

using System.Text;
using Kms.Core.Primitives;
using Kms.Devnet;
using Kms.Devnet.Attestation;
using Kms.Devnet.Chain;
using Kms.Devnet.Odyn;

namespace Kms.Fuzz;

/// <summary>What a devnet and its clients read: its own file, and what forge prints and records.</summary>
internal static class DevnetTargets
{
    private const string Address = "0x00000000000000000000000000000000000000aa";
    private static readonly EmulatedEnclave Enclave = new DevnetAuthority().Boot("fuzzed");
    private static readonly byte[][] Files = [File(nodes: 2), File(nodes: 0)];

    private static readonly byte[][] ForgeLines =
    [
        .. Texts(
            $$"""{"logs":["novaAppRegistry={{Address}}","kmsRegistry={{Address}}","kmsAppId=1","kmsVersionId=2"],"success":true}""" + "\n" + """{"status":"success","transactions":"/tmp/run.json"}""",
            $$"""{"transactions":[{"hash":null,"transaction":{"from":"{{Address}}","to":null,"gas":"0x1","input":"0x00"} },{"transaction":{"from":"{{Address}}","value":"0x0"} }]}"""),
    ];

    public static IEnumerable<FuzzTarget> All =>
    [
        new("devnet-file", ReadFile, () => Files),
        new("devnet-file-structure", input => ReadFile(new Draws(input).Mutate(Files, cbor: false, out _)), () => Draws.Seeds(Files.Length)),
        new("forge", ReadForge, () => ForgeLines),
    ];

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static byte[] File(int nodes)
    {
        string key = Enclave.TeePublicKey.ToString();
        string node = $$"""{"url":"http://127.0.0.1:1","wallet":"{{Address}}","teePublicKey":"{{key}}","odynUrl":"http://127.0.0.1:2"}""";
        return Encoding.UTF8.GetBytes(
            $$"""{"chainId":31337,"rpcUrl":"http://127.0.0.1:3","contracts":{"kmsRegistry":"{{Address}}","novaAppRegistry":"{{Address}}"},"nodes":[{{string.Join(',', Enumerable.Repeat(node, nodes))}}],"app":{"appId":1,"versionId":2,"instanceId":3,"wallet":"{{Enclave.Wallet}}","walletPrivateKey":"{{Enclave.ExportWalletPrivateKey()}}","teePublicKey":"{{key}}","teePrivateKeyPkcs8":"{{Enclave.ExportTeePrivateKeyPkcs8()}}","odynUrl":"http://127.0.0.1:4","envelopeScheme":"{{Enclave.Build.Envelopes}}"} }""");
    }

    private static void ReadFile(byte[] input)
    {
        bool isFile = DevnetFile.TryParse(input, out var file, out string refusal);
        FuzzFailureException.Demand(isFile == (refusal.Length == 0), "neither a file nor a refusal");
        if (file is null)
        {
            return;
        }

        // As the program uses it: nothing may fail any more.
        FuzzFailureException.Demand(Kms.Core.Cryptography.EnvelopeScheme.TryFind(file.App.EnvelopeScheme, out var scheme), "an unknown scheme was taken");
        using var identity = Kms.Client.LocalAppIdentity.FromHex(file.App.WalletPrivateKey, file.App.TeePrivateKeyPkcs8, scheme);
        _ = WalletAddress.Parse(file.Contracts.KmsRegistry);
        _ = (AppId.From(file.App.AppId), VersionId.From(file.App.VersionId), InstanceId.From(file.App.InstanceId));
        foreach (string url in file.Nodes.SelectMany(node => (string[])[node.Url, node.OdynUrl]).Concat([file.App.OdynUrl, file.RpcUrl.OriginalString]))
        {
            FuzzFailureException.Demand(new Uri(url).IdnHost.Length > 0, "a URL that cannot be dialled");
        }
    }

    private static void ReadForge(byte[] input)
    {
        ForgeOutput.TryRead(Encoding.UTF8.GetString(input).Split('\n'), out _, out _);
        foreach (var transaction in ForgeOutput.Transactions(input) ?? [])
        {
            _ = transaction.ToJsonString();
        }
    }
}

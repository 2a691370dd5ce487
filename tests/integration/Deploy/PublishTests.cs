using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kms.Core.Primitives;
using Kms.Integration.Support;

namespace Kms.Integration.Deploy;

/// <summary>What `make publish` makes: the platform measures it, so two people who build one commit must get one image.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task Two_folders_give_the_same_node_to_the_bit_and_it_runs_without_an_installed_NET()
    {
        var folder = Directory.CreateTempSubdirectory("novakms-publish-");
        try
        {
            // The second from another place, of another length: neither may show.
            string elsewhere = Path.Combine(folder.FullName, "a", "clone", "somewhere", "else");
            await RunAsync("git", Foundry.Root, "clone", "-q", ".", elsewhere);
            await BringAlongAsync(elsewhere);
            string first = Path.Combine(folder.FullName, "one", "node");
            string second = Path.Combine(elsewhere, "artifacts", "publish", "linux-x64");
            await RunAsync(Path.Combine(Foundry.Root, "scripts", "publish.sh"), Foundry.Root, first);
            await RunAsync("bash", elsewhere, "-euc", EnclaveGuideTests.Blocks[0]);

            var expected = Hashes(first);
            expected.ShouldContainKey("novakms-node");
            expected.ShouldNotContainKey("novakms.dll");
            Hashes(second).ShouldBe(expected);
            NodeFolder.Own(first, "novakms-node").ShouldBe(NodeFolderTests.Assemblies);
            NodeFolderTests.CheckAll(first);

            var info = new ProcessStartInfo(Path.Combine(first, "novakms-node"), ["--help"]);
            info.Environment.Clear();
            (await Command.RunAsync(info)).Output.ShouldContain("Run a node until SIGTERM");

            var bill = JsonNode.Parse(await File.ReadAllTextAsync(first + ".cdx.json"))!;
            bill["bomFormat"]!.GetValue<string>().ShouldBe("CycloneDX");
            string[] components = [.. bill["components"]!.AsArray().Select(one => one!["name"]!.GetValue<string>())];
            components.ShouldBeSubsetOf(["BouncyCastle.Cryptography", "NSec.Cryptography", "Secp256k1.Net", "Nethereum.ABI", "Nethereum.Hex", "Nethereum.JsonRpc.Client", "Nethereum.Model", "Nethereum.RLP", "Nethereum.Util", "Newtonsoft.Json", "Microsoft.Extensions.Logging.Abstractions", "System.CommandLine", "System.Formats.Cbor", "libsodium", "Kms.Adapters", "Kms.Core", "Kms.Hosting"]);
            components.ShouldContain("libsodium");
            components.ShouldContain("Nethereum.ABI");
            components.ShouldContain("Newtonsoft.Json");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What is not committed yet is part of this build, so of the other one too.</summary>
    private static async Task BringAlongAsync(string clone)
    {
        string changed = await RunAsync("git", Foundry.Root, "diff", "--name-only", "--no-renames", "HEAD");
        string created = await RunAsync("git", Foundry.Root, "ls-files", "--others", "--exclude-standard");
        foreach (string file in (changed + created).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string to = Path.Combine(clone, file);
            if (File.Exists(Path.Combine(Foundry.Root, file)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(Path.Combine(Foundry.Root, file), to, overwrite: true);
            }
            else if (File.Exists(to))
            {
                File.Delete(to);
            }
        }
    }

    private static SortedDictionary<string, string> Hashes(string folder)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            hashes.Add(Path.GetRelativePath(folder, file), Hex.EncodeBare(SHA256.HashData(File.ReadAllBytes(file))));
        }

        return hashes;
    }

    private static async Task<string> RunAsync(string program, string folder, params string[] arguments) =>
        (await Command.RunAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })).Output;
}

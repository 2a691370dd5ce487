using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kms.Devnet;

namespace Kms.Integration.Deploy;

/// <summary>
/// Nothing of ours that goes into the measured image can forge a document or start a process. <see cref="PublishTests"/> looks at
/// the published folder; this looks at the same list as it was built, in a second.
/// </summary>
public sealed class NodeFolderTests
{
    /// <summary>All of ours that an image holds.</summary>
    public static readonly string[] Assemblies = ["Kms.Adapters", "Kms.Core", "Kms.Hosting", "novakms-node"];

    [Fact]
    public void A_node_is_made_of_four_assemblies_and_none_is_the_devnet() =>
        NodeFolder.Own(AppContext.BaseDirectory, "novakms-node").ShouldBe(Assemblies);

    [Fact]
    public void None_of_them_can_start_a_process_or_forge_a_document() => CheckAll(AppContext.BaseDirectory);

    [Fact]
    public void The_search_finds_what_the_devnet_does()
    {
        var found = NodeFolder.Found(typeof(DevnetCluster).Assembly.Location);
        found.ShouldContain("references System.Diagnostics.Process");
        found.ShouldContain("uses System.Diagnostics.ProcessStartInfo");
        found.ShouldContain("uses Org.BouncyCastle.Crypto.Signers.DsaDigestSigner");
        found.ShouldContain("uses Org.BouncyCastle.X509.X509V3CertificateGenerator");
        found.ShouldContain("has a type of the devnet");
        found.ShouldContain("Kms.Devnet.Attestation.NitroIssuer writes a document");
        NodeFolder.Own(AppContext.BaseDirectory, "novakms").ShouldContain("Kms.Devnet");
        NodeFolder.Found(Path.Combine(AppContext.BaseDirectory, "novakms.dll")).ShouldContain("references Kms.Devnet");
    }

    [Fact]
    public void The_search_finds_what_is_used_here_on_purpose()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        byte[] data = [1];
        key.VerifyData(data, key.SignData(data, HashAlgorithmName.SHA384), HashAlgorithmName.SHA384).ShouldBeTrue();
        NativeLibrary.TryLoad("no such library", out _).ShouldBeFalse();
        getpid().ShouldBe(Environment.ProcessId);

        var found = NodeFolder.Found(typeof(NodeFolderTests).Assembly.Location);
        found.ShouldContain("calls ECDsa.SignData");
        found.ShouldContain("Kms.Integration.Deploy.NodeFolderTests loads a library");
        found.ShouldContain("imports getpid");
        found.ShouldContain("uses System.Security.Cryptography.X509Certificates.CertificateRequest");
    }

    /// <summary>The rule, for a folder with the program <c>novakms-node</c> in it.</summary>
    internal static void CheckAll(string folder)
    {
        foreach (string name in NodeFolder.Own(folder, "novakms-node"))
        {
            NodeFolder.Found(Path.Combine(folder, name + ".dll")).ShouldBeEmpty(name);
        }
    }

    [DllImport("libc")]
    private static extern int getpid();
}

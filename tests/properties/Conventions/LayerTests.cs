using System.Reflection;
using System.Xml.Linq;
using Kms.Core.Ports;

namespace Kms.Properties.Conventions;

/// <summary>The layer rules of the design: arrows point down only, and Core knows nothing of hosts.</summary>
public sealed class LayerTests
{
    private static readonly string[] ForbiddenInCore =
    [
        "Microsoft.AspNetCore", "Microsoft.Extensions", "System.Net.Http", "System.Net.Sockets", "System.Net.NameResolution",
        "System.Net.Security", "System.Net.Requests", "System.Net.WebSockets", "System.IO.FileSystem", "System.IO.Pipes",
        "System.Diagnostics.Process", "System.Console", "System.Threading.Timer", "System.Threading.Thread", "Microsoft.Coyote", "Kms.", "Nethereum", "Newtonsoft",
    ];

    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
    {
        ["Kms.Core"] = [],
        ["Kms.Adapters"] = ["Kms.Core"],
        ["Kms.Client"] = ["Kms.Core", "Kms.Adapters"],
        ["Kms.Hosting"] = ["Kms.Core", "Kms.Adapters"],
        ["Kms.Node"] = ["Kms.Hosting"],
        ["Kms.Devnet"] = ["Kms.Core", "Kms.Adapters", "Kms.Hosting"],
        ["Kms.Cli"] = ["Kms.Client", "Kms.Node", "Kms.Devnet"],
        ["Kms.Sim"] = ["Kms.Core", "Kms.Client", "Kms.Devnet"],
    };

    [Fact]
    public void Core_references_no_host_no_network_no_file_and_no_clock()
    {
        var references = typeof(Core.Limits).Assembly.GetReferencedAssemblies().Select(static name => name.Name!).ToArray();

        references.ShouldContain("NSec.Cryptography");
        references.Where(static name => ForbiddenInCore.Any(forbidden => name.StartsWith(forbidden, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Core_bans_what_the_simulator_cannot_control()
    {
        string banned = File.ReadAllText(Path.Combine(Source.Root, "src/Kms.Core/BannedSymbols.txt"));
        foreach (string symbol in new[]
        {
            "System.Threading.Lock", "System.Threading.SemaphoreSlim", "System.Lazy`1", "System.DateTimeOffset.UtcNow", "System.Diagnostics.Stopwatch",
            "System.Random", "RandomNumberGenerator", "X509Chain", "ECDiffieHellman.Create(System.Security.Cryptography.ECCurve)", "NSec.Cryptography.Key.Create",
            "CancellationTokenSource.CancelAfter", "Task.ConfigureAwait", "System.Net.Sockets.Socket", "System.Net.Http.HttpClient", "System.IO.File",
        })
        {
            banned.ShouldContain(symbol);
        }
    }

    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        foreach (var (project, allowed) in AllowedReferences)
        {
            var document = XDocument.Load(Path.Combine(Source.Root, "src", project, project + ".csproj"));
            var references = document.Descendants("ProjectReference")
                .Select(static element => Path.GetFileNameWithoutExtension(element.Attribute("Include")!.Value.Replace('\\', '/')))
                .ToArray();

            references.Except(allowed, StringComparer.Ordinal).ShouldBeEmpty($"{project} reaches up");
        }
    }

    [Fact]
    public void Proofs_of_verification_cannot_be_made_from_outside()
    {
        var core = typeof(Core.Limits).Assembly;
        foreach (string name in new[]
        {
            "Kms.Core.Authentication.VerifiedApp", "Kms.Core.Membership.VerifiedPeer", "Kms.Core.Attestation.VerifiedAttestation",
            "Kms.Core.Node.Serving.Readiness+Ready", "Kms.Core.Ports.PinnedEndpoint+Direct", "Kms.Core.Ports.PinnedEndpoint+Proxied",
            "Kms.Core.Secrets.MasterSecret",
        })
        {
            var type = core.GetType(name, throwOnError: true)!;

            type.IsSealed.ShouldBeTrue(name);
            type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).ShouldBeEmpty(name);
        }
    }

    /// <summary>Not even an assembly that sees Core's internals makes one: the check is the only way to it.</summary>
    [Theory]
    [InlineData("Kms.Core.Membership.VerifiedPeer")]
    [InlineData("Kms.Core.Authentication.VerifiedApp")]
    [InlineData("Kms.Core.Authentication.ProvenWallet")]
    [InlineData("Kms.Core.Attestation.VerifiedAttestation")]
    [InlineData("Kms.Core.Secrets.Holder")]
    [InlineData("Kms.Core.Node.Serving.Readiness+Ready")]
    [InlineData("Kms.Core.Secrets.MasterSecret")]
    public void What_proves_a_right_is_made_by_its_check_alone(string name)
    {
        var made = typeof(Core.Limits).Assembly.GetType(name, throwOnError: true)!.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        made.ShouldNotBeEmpty();
        made.ShouldAllBe(static one => one.IsPrivate);
    }

    [Fact]
    public void Where_a_node_is_put_together_nobody_receives_it()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        var root = typeof(Core.Node.NodeParts);
        var receivers = root.Assembly.GetTypes()
            .Where(type => type != root && type != typeof(Core.Node.KmsNode))
            .Where(type => type.GetConstructors(All).Any(constructor => constructor.GetParameters().Any(one => one.ParameterType == root))
                || type.GetMethods(All).Any(method => method.GetParameters().Any(one => one.ParameterType == root))
                || type.GetFields(All).Any(field => field.FieldType == root));

        receivers.ShouldBeEmpty();
    }
}

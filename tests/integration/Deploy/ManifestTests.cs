using System.Text.Json.Nodes;
using Kms.Hosting;
using Kms.Integration.Support;
using YamlDotNet.RepresentationModel;

namespace Kms.Integration.Deploy;

/// <summary>The manifests of deploy/enclave, held against the field list of the platform's, which refuses what it does not know.</summary>
public sealed class ManifestTests
{
    private static readonly string Folder = Path.Combine(Foundry.Root, "deploy", "enclave");

    private static readonly string[] Names = [.. Directory.GetFiles(Folder, "*capsule.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Manifests => [.. Names];

    [Fact]
    public void There_is_one_for_a_node_and_one_for_an_app() =>
        Names.ShouldBe(["app.capsule.yaml", "capsule.yaml"]);

    [Theory]
    [MemberData(nameof(Manifests))]
    public async Task Every_field_is_one_that_the_platform_knows_and_every_required_one_is_there(string manifest)
    {
        var fields = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "manifest-fields.json")))!["fields"]!;
        Wrong(Root(manifest), fields, "").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("name: x", "surname: x", "unknown surname", "missing name")]
    [InlineData("listen_port: 8", "port: 8", "unknown ingress/0/port", "missing ingress/0/listen_port")]
    public async Task A_field_under_another_name_is_told(string from, string to, params string[] expected)
    {
        const string Minimal = "version: v1\nname: x\ntarget: x\nsources:\n  app: x\ningress:\n  - listen_port: 8\n";
        var fields = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "manifest-fields.json")))!["fields"]!;
        Wrong(Parse(Minimal), fields, "").ShouldBeEmpty();
        Wrong(Parse(Minimal.Replace(from, to, StringComparison.Ordinal)), fields, "").ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void The_light_client_and_the_supervisor_listen_where_a_node_and_an_app_look(string manifest)
    {
        var root = Root(manifest);
        string rpc = $"http://127.0.0.1:{Text(root, "helios_rpc", "chains", "0", "local_rpc_port")}";
        rpc.ShouldBe(new NovaKmsOptions().RpcUrl);
        $"http://127.0.0.1:{Text(root, "api", "listen_port")}".ShouldBe(new NovaKmsOptions().OdynUrl);
        Ports(root).ShouldContain(Text(root, "aux_api", "listen_port"), "the platform registers by documents of the auxiliary port");
        Ports(root).ShouldNotContain(Text(root, "api", "listen_port"), "whoever reaches it is the enclave");
        Ports(root).ShouldNotContain(Text(root, "helios_rpc", "chains", "0", "local_rpc_port"));
    }

    [Fact]
    public void The_node_listens_where_the_manifest_lets_people_in() => Ports(Root("capsule.yaml")).ShouldContain("8000");

    [Fact]
    public async Task The_image_has_bases_by_argument_no_shell_no_root_and_starts_the_node()
    {
        string[] lines = [.. (await File.ReadAllLinesAsync(Path.Combine(Folder, "Containerfile"))).Where(line => line.Length > 0 && line[0] != '#')];
        lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)).ShouldBe(["FROM ${SDK_IMAGE} AS build", "FROM ${RUNTIME_IMAGE}"]);
        lines.Where(line => line.StartsWith("ARG ", StringComparison.Ordinal)).ShouldBe(["ARG SDK_IMAGE", "ARG RUNTIME_IMAGE"], "no default: a digest is given, or nothing is built");
        string[] runtime = [.. lines.SkipWhile(line => line != "FROM ${RUNTIME_IMAGE}")];
        runtime.ShouldNotContain(line => line.StartsWith("RUN ", StringComparison.Ordinal), "there is no shell to run anything");
        runtime.ShouldContain("USER 65532:65532");
        runtime[^1].ShouldBe("""ENTRYPOINT ["/opt/novakms/novakms-node", "--config", "/etc/novakms/node.json"]""");
    }

    [Fact]
    public void Two_settings_are_what_the_image_is_configured_with()
    {
        var options = NodeHost.Read(Path.Combine(Folder, "node.json"), []);
        new NovaKmsOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "node.json")))!.AsObject().Select(one => one.Key).ShouldBe(["ChainId", "KmsRegistry"]);
    }

    private static YamlNode Root(string manifest) => Parse(File.ReadAllText(Path.Combine(Folder, manifest)));

    private static YamlNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Single().RootNode;
    }

    private static string Text(YamlNode node, params string[] path) =>
        ((YamlScalarNode)path.Aggregate(node, (at, name) => at is YamlSequenceNode list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at[name])).Value!;

    private static IEnumerable<string> Ports(YamlNode root) => ((YamlSequenceNode)root["ingress"]).Select(one => Text(one, "listen_port"));

    private static IEnumerable<string> Wrong(YamlNode node, JsonNode allowed, string at)
    {
        switch (allowed)
        {
            case JsonArray items:
                return ((YamlSequenceNode)node).SelectMany((item, index) => Wrong(item, items[0]!, $"{at}{index}/"));
            case JsonObject fields:
                var mapping = (YamlMappingNode)node;
                var names = mapping.Children.Keys.Select(key => ((YamlScalarNode)key).Value!).ToArray();
                return names.Where(name => !fields.ContainsKey(name)).Select(name => $"unknown {at}{name}")
                    .Concat(fields.Where(field => field.Value is JsonValue required && required.GetValue<bool>() && !names.Contains(field.Key)).Select(field => $"missing {at}{field.Key}"))
                    .Concat(names.Where(fields.ContainsKey).SelectMany(name => Wrong(mapping[name], fields[name]!, $"{at}{name}/")));
            default:
                return [];
        }
    }
}

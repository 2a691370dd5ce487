using System.Text;
using Kms.Core;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Devnet.Odyn;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>What clients and balancers in the field send is answered; what nobody can have meant is refused, with one code.</summary>
public abstract class ExistingClientsTests
{
    private readonly SupervisorBuild _supervisor;

    private protected ExistingClientsTests(SupervisorBuild supervisor) => _supervisor = supervisor;

    public sealed class BesideTheNewest() : ExistingClientsTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : ExistingClientsTests(SupervisorBuild.All[^1]);

    private const string Extra = """ "unheard_of":{"a":[1,null,{"b":"\u0041"}],"c":"x"},"also":[[]],"last":true """;

    public static TheoryData<string, int> Sealed
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var route in RouteSpec.Sealed)
            {
                data.Add(route.Name, 1);
                data.Add(route.Name, 2);
            }

            return data;
        }
    }

    public static TheoryData<string> Routes => [.. RouteSpec.Apps.Concat(RouteSpec.Peers).Concat(RouteSpec.Public).Select(route => route.Name)];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task What_balancers_repeat_is_no_error_on_any_route(string name)
    {
        using var world = World();
        var route = RouteSpec.Of(name);
        var request = RouteSpec.Public.Contains(route) ? new KmsRequest(route.Method, route.Target, [], default) : route.Good(world);
        (await world.Send(request with
        {
            Headers = [.. request.Headers, new("X-Forwarded-For", "192.0.2.1"), new("x-forwarded-for", "192.0.2.2"), new("X-Real-IP", "a"), new("X-Real-Ip", "b")],
        })).Status.ShouldBe(200);
    }

    [Theory]
    [MemberData(nameof(Sealed))]
    public async Task Members_that_v1_does_not_know_are_ignored_and_v2_refuses_them(string name, int version)
    {
        var route = RouteSpec.Of(name);
        string inner = $"{route.Inner![..^1]},{Extra}}}";
        using (var world = World())
        {
            var payload = await world.Send(world.App.Request(route.Method, route.Target, world.App.Seal(inner), version));
            Expect(payload, version, ApiError.BadField);
        }

        using (var world = World())
        {
            string envelope = $"{{{Extra},{Encoding.UTF8.GetString(route.Body(world))[1..]}";
            var body = await world.Send(world.App.Request(route.Method, route.Target, Encoding.UTF8.GetBytes(envelope), version));
            Expect(body, version, ApiError.BadEnvelope);
        }
    }

    [Fact]
    public async Task What_v1_ignores_changes_nothing_of_the_rest()
    {
        using var world = World();
        var plain = await world.App.Call("POST", "/kms/derive", """{"path":"p","length":16}""", 1);
        var extended = await world.App.Call("POST", "/kms/derive", $$"""{{{Extra}},"path":"p","paths":"q","length":16}""", 1);
        extended.GetProperty("key").GetString().ShouldBe(plain.GetProperty("key").GetString());
        (await SendV1Async(world, $$"""{{{Extra}}}""")).ShouldRefuse(ApiError.BadField);
        (await SendV1Async(world, $$"""{"path":"p","path":"q",{{Extra}}}""")).ShouldRefuse(ApiError.BadJson);
    }

    [Theory]
    [InlineData("\"x\":\"\\ud800\"")]
    [InlineData("\"x\":[{\"y\":\"\\udc00\"}]")]
    [InlineData("\"x\":{\"\\ud800\":1}")]
    [InlineData("\"x\":[[[[[[[[[1]]]]]]]]]")]
    [InlineData("\"x\":")]
    [InlineData("\"x\":01")]
    public async Task What_v1_ignores_must_be_JSON_and_text_all_the_same(string member)
    {
        using var world = World();
        (await SendV1Async(world, $$"""{"path":"p",{{member}}}""")).ShouldRefuse(ApiError.BadJson);
    }

    /// <summary>Names of several lengths: the framework compares a name, and throws, only when it could be a known one.</summary>
    [Theory]
    [MemberData(nameof(Sealed))]
    public async Task A_name_that_is_half_a_surrogate_pair_is_bad_json_in_envelope_and_payload(string name, int version)
    {
        var route = RouteSpec.Of(name);
        foreach (string text in (string[])["\\ud800", "\\udc00", "ke\\ud83d", "\\ud800" + new string('n', 40), "\\ud800" + new string('n', 200)])
        {
            using var world = World();
            var payload = world.App.Request(route.Method, route.Target, world.App.Seal($"{{\"{text}\":1,{route.Inner![1..]}"), version);
            var answer = await world.Send(payload);
            answer.ShouldRefuse(ApiError.BadJson);
            world.App.CheckSignatures(payload, answer);

            string envelope = $"{{\"{text}\":\"00\",{Encoding.UTF8.GetString(route.Body(world))[1..]}";
            (await world.Send(world.App.Request(route.Method, route.Target, Encoding.UTF8.GetBytes(envelope), version))).ShouldRefuse(ApiError.BadJson);
            world.Errors.Counts.ShouldBeEmpty();
        }
    }

    private PipelineWorld World()
    {
        var world = new PipelineWorld(supervisor: _supervisor);
        world.Store.Put(AppId.From(PipelineWorld.AppNumber), Epoch.From(2), "present", [1, 2, 3], null, null).ShouldBeOfType<PutResult.Stored>();
        return world;
    }

    private static Task<KmsResponse> SendV1Async(PipelineWorld world, string inner) =>
        world.Send(world.App.Request("POST", "/kms/derive", world.App.Seal(inner), 1));

    private static void Expect(KmsResponse response, int version, ApiError otherwise)
    {
        if (version == 1)
        {
            response.Status.ShouldBe(200);
        }
        else
        {
            response.ShouldRefuse(otherwise);
        }
    }
}

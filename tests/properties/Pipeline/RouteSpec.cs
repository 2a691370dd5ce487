using Kms.Core;
using Kms.Core.Node;
using Kms.Core.Node.Pipeline;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>A route with a request that it serves: what bad input is a variation of.</summary>
internal sealed record RouteSpec(string Name, string Method, string Target, string? Inner)
{
    public static readonly RouteSpec[] Apps =
    [
        new("derive", "POST", "/kms/derive", """{"path":"p"}"""),
        new("list", "GET", "/kms/data", null),
        new("get_query", "GET", "/kms/data?key=present", null),
        new("get_path", "GET", "/kms/data/present", null),
        new("put", "PUT", "/kms/data", """{"key":"new","value":"AAEC"}"""),
        new("delete", "DELETE", "/kms/data", """{"key":"present"}"""),
    ];

    public static readonly RouteSpec[] Peers = [new("sync", "POST", "/sync", null), new("status", "GET", "/status", null)];

    /// <summary>Routes that anyone may read without a proof.</summary>
    public static readonly RouteSpec[] Public =
    [
        new("index", "GET", "/", null), new("health", "GET", "/health", null), new("nonce", "GET", "/nonce", null),
        new("nodes", "GET", "/nodes", null), new("public_status", "GET", "/status", null),
    ];

    public static RouteSpec[] Sealed => [.. Apps.Where(route => route.Inner is not null)];

    public bool IsPeer => Name is "sync" or "status";

    public bool ActsOnStore => Name is "put" or "delete";

    /// <summary>The routes that v1 may reach.</summary>
    public int[] Versions => IsPeer ? [2] : [1, 2];

    public AppCaller Caller(PipelineWorld world) => IsPeer ? world.Peer : world.App;

    public byte[] Body(PipelineWorld world) => Name == "sync" ? [1, 2, 3] : Inner is null ? [] : world.App.Seal(Inner);

    public KmsRequest Good(PipelineWorld world, int version = 2) => Caller(world).Request(Method, Target, Body(world), version);

    public static RouteSpec Of(string name) => Apps.Concat(Peers).Concat(Public).Single(route => route.Name == name);

    public override string ToString() => Name;
}

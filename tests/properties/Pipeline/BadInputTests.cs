using Kms.Core;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Devnet.Odyn;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>Bad input gets a clear error and changes nothing (issue 2).</summary>
public abstract class BadInputTests
{
    private readonly SupervisorBuild _supervisor;

    private protected BadInputTests(SupervisorBuild supervisor) => _supervisor = supervisor;

    public sealed class BesideTheNewest() : BadInputTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : BadInputTests(SupervisorBuild.All[^1]);

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            void Add(string table, IEnumerable<RouteSpec> routes, BadInput[] inputs)
            {
                foreach (var route in routes)
                {
                    foreach (var input in inputs)
                    {
                        data.Add(route.Name, table, input.Name);
                    }
                }
            }

            Add(nameof(BadInputCases.Proofs), RouteSpec.Apps.Concat(RouteSpec.Peers), BadInputCases.Proofs);
            Add(nameof(BadInputCases.Registry), RouteSpec.Apps, BadInputCases.Registry);
            Add(nameof(BadInputCases.Envelopes), RouteSpec.Sealed, BadInputCases.Envelopes);
            Add(nameof(BadInputCases.Reads), RouteSpec.Apps.Where(route => route.Inner is null), BadInputCases.Reads);
            Add(nameof(BadInputCases.Public), RouteSpec.Public, BadInputCases.Public);
            foreach (var (route, input) in BadInputCases.Own)
            {
                data.Add(route, nameof(BadInputCases.Own), input.Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Bad_input_gets_a_clear_error_and_changes_nothing(string routeName, string table, string inputName)
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        world.Store.Put(AppId.From(PipelineWorld.AppNumber), Epoch.From(2), "present", [1, 2, 3], null, null).ShouldBeOfType<PutResult.Stored>();
        var route = RouteSpec.Of(routeName);
        var input = Find(route, table, inputName);
        var request = input.Make(world, route);
        var before = State.Of(world);

        var response = await world.Send(request);

        response.ShouldRefuse(input.Expected);
        State.Of(world).ShouldBe(before with { NoncesSpent = before.NoncesSpent + (input.SpendsNonce ? 1 : 0) });
        (response.Header("X-KMS-Response-Signature") is not null).ShouldBe(input.Signed);
        if (input.Signed)
        {
            route.Caller(world).CheckSignatures(request, response);
        }
    }

    [Theory]
    [InlineData("GET", "/nowhere", nameof(ApiError.UnknownRoute), null)]
    [InlineData("GET", "/kms", nameof(ApiError.UnknownRoute), null)]
    [InlineData("POST", "/kms/derive/", nameof(ApiError.UnknownRoute), null)]
    [InlineData("POST", "/KMS/derive", nameof(ApiError.UnknownRoute), null)]
    [InlineData("POST", "/kms%2Fderive", nameof(ApiError.UnknownRoute), null)]
    [InlineData("POST", "//kms/derive", nameof(ApiError.UnknownRoute), null)]
    [InlineData("GET", "/kms/derive", nameof(ApiError.MethodNotAllowed), "POST")]
    [InlineData("HEAD", "/health", nameof(ApiError.MethodNotAllowed), "GET")]
    [InlineData("OPTIONS", "/kms/data", nameof(ApiError.MethodNotAllowed), "GET, PUT, DELETE")]
    [InlineData("PATCH", "/kms/data", nameof(ApiError.MethodNotAllowed), "GET, PUT, DELETE")]
    [InlineData("put", "/kms/data", nameof(ApiError.MethodNotAllowed), "GET, PUT, DELETE")]
    [InlineData("PUT", "/kms/data/key", nameof(ApiError.MethodNotAllowed), "GET")]
    [InlineData("GET", "/sync", nameof(ApiError.MethodNotAllowed), "POST")]
    [InlineData("POST", "/nonce", nameof(ApiError.MethodNotAllowed), "GET")]
    [InlineData("GET", "", nameof(ApiError.BadTarget), null)]
    [InlineData("GET", "*", nameof(ApiError.BadTarget), null)]
    [InlineData("GET", "kms/data", nameof(ApiError.BadTarget), null)]
    public async Task Unknown_routes_and_methods_say_so_and_change_nothing(string method, string target, string expected, string? allow)
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var request = world.App.Request(method, target);
        var before = State.Of(world);

        var response = await world.Send(request);

        response.ShouldRefuse(Enum.Parse<ApiError>(expected));
        response.Header("Allow").ShouldBe(allow);
        State.Of(world).ShouldBe(before);
    }

    [Fact]
    public void Every_error_of_the_protocol_is_provoked_by_some_row_or_by_a_test_of_its_own()
    {
        var provoked = BadInputCases.Proofs.Concat(BadInputCases.Registry).Concat(BadInputCases.Envelopes).Concat(BadInputCases.Reads)
            .Concat(BadInputCases.Own.Select(own => own.Input)).Select(input => input.Expected).ToHashSet();
        ApiError[] elsewhere =
        [
            ApiError.UnknownRoute, ApiError.MethodNotAllowed, // above
            ApiError.TooManyRequests, ApiError.TooManyNonces, ApiError.StoreFull, // AvailabilityTests
            ApiError.BadSyncMessage, // PeerBadInputTests
            ApiError.InternalError, // SupervisionTests
            ApiError.HandoverRefused, ApiError.TooManyHandovers, ApiError.ValueCorrupt, // the store's and the sync endpoint's own tests
        ];
        Enum.GetValues<ApiError>().Except(elsewhere).Except(provoked).ShouldBeEmpty();
    }

    private static BadInput Find(RouteSpec route, string table, string name) => table switch
    {
        nameof(BadInputCases.Proofs) => BadInputCases.Proofs.Single(input => input.Name == name),
        nameof(BadInputCases.Registry) => BadInputCases.Registry.Single(input => input.Name == name),
        nameof(BadInputCases.Envelopes) => BadInputCases.Envelopes.Single(input => input.Name == name),
        nameof(BadInputCases.Public) => BadInputCases.Public.Single(input => input.Name == name),
        nameof(BadInputCases.Reads) => BadInputCases.Reads.Single(input => input.Name == name),
        _ => BadInputCases.Own.Single(own => own.Route == route.Name && own.Input.Name == name).Input,
    };

    private sealed record State(Bytes32 Digest, StoreStats Stats, int NoncesSpent, int Synced, int WritesNotified)
    {
        public static State Of(PipelineWorld world) => new(
            world.Store.Digest(),
            world.Store.Stats(),
            (3 * Limits.MaxConsumedNoncesPerWallet)
                - world.Nonces.Left(world.App.Wallet) - world.Nonces.Left(world.OtherApp.Wallet) - world.Nonces.Left(world.Peer.Wallet),
            world.Synced.Count,
            world.WritesNotified);
    }
}

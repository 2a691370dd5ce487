using System.Security.Cryptography;
using System.Text;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kms.Fuzz;

/// <summary>Requests to the simulated supervisor: every route that takes a body, without a server around it.</summary>
internal static class SupervisorTargets
{
    private const string Address = "0x00000000000000000000000000000000000000aa";
    private static readonly EmulatedEnclave Enclave = new DevnetAuthority().Boot("fuzzed");
    private static readonly OdynEnvelope Sealed = Enclave.Seal("hello"u8, Enclave.TeePublicKey);
    private static readonly RequestDelegate[] Routes = RouteTable.Of(routes => OdynRoutes.Map(routes, Enclave, new EmulatedObjects()));

    private static readonly byte[][] Requests =
    [
        .. ((string[])[
            """{"message":"hello","include_attestation":true}""",
            $$"""{"payload":{"kind":"structured","chain_id":"0x1","nonce":"0x0","max_priority_fee_per_gas":"0x1","max_fee_per_gas":"0x2","gas_limit":"0x5208","to":"{{Address}}","value":"0x0","data":"0x","access_list":[{"address":"{{Address}}","storage_keys":["0x{{new string('1', 64)}}"]}]} }""",
            """{"payload":{"kind":"raw_rlp","raw_payload":"0x02c3010203"},"include_attestation":false}""",
            """{"nonce":"AAAA","user_data":{"a":[1.50,true,null,"\u0041"],"eth_addr":7}}""",
            $$"""{"user_data":{"b":"AQID"},"public_key":"{{PemEncoding.WriteString("PUBLIC KEY", Enclave.TeePublicKey.ToSpki()).ReplaceLineEndings("\\n")}}"}""",
            $$"""{"nonce":"{{Hex.Encode(Sealed.Nonce.Span)}}","client_public_key":"{{Sealed.Sender}}","encrypted_data":"{{Hex.Encode(Sealed.Ciphertext.Span)}}"}""",
            $$"""{"plaintext":"x","client_public_key":"{{Enclave.TeePublicKey}}"}""",
            """{"key":"a/b","value":"aGk="}""",
            """{"prefix":"a","continuation_token":null,"max_keys":1}""",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    public static IEnumerable<FuzzTarget> All =>
    [
        new("supervisor", AskOne, Seeds) { BaseBytes = 16L * 1024 * 1024 },
        new("supervisor-structure", AskAll, () => Draws.Seeds(Requests.Length)) { BaseBytes = 16L * 1024 * 1024 },
    ];

    /// <summary>Each request, and the route that takes it.</summary>
    private static IEnumerable<byte[]> Seeds() =>
        Requests.SelectMany(body => Enumerable.Range(0, Routes.Length).Where(route => Ask(route, body) == StatusCodes.Status200OK).Select(route => (byte[])[(byte)route, .. body]));

    /// <summary>The first byte says which route the rest is for.</summary>
    private static void AskOne(byte[] input) => Ask(input.Length == 0 ? 0 : input[0], input.AsSpan(Math.Min(1, input.Length)).ToArray());

    private static void AskAll(byte[] input)
    {
        byte[] body = new Draws(input).Mutate(Requests, cbor: false, out _);
        for (int route = 0; route < Routes.Length; route++)
        {
            Ask(route, body);
        }
    }

    private static int Ask(int route, byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        Routes[route % Routes.Length](context).GetAwaiter().GetResult();
        FuzzFailureException.Demand(context.Response.StatusCode is 200 or 400 or 404, "no answer of the supervisor's");
        return context.Response.StatusCode;
    }

    private sealed class RouteTable : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider { get; } = new ServiceCollection().AddRoutingCore().BuildServiceProvider();

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        /// <summary>The handlers of the routes that take a POST, in the order of their paths.</summary>
        public static RequestDelegate[] Of(Action<IEndpointRouteBuilder> map)
        {
            var table = new RouteTable();
            map(table);
            return
            [
                .. table.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                    .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Post) == true)
                    .OrderBy(endpoint => endpoint.RoutePattern.RawText, StringComparer.Ordinal)
                    .Select(endpoint => endpoint.RequestDelegate!),
            ];
        }

        public IApplicationBuilder CreateApplicationBuilder() => throw new NotSupportedException("nothing is hosted here");
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kms.Adapters.Odyn;
using Kms.Core.Attestation;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>The simulated supervisor answers as Odyn's internal API does.</summary>
public abstract class OdynEmulatorTests : IAsyncLifetime, IDisposable
{
    private readonly SupervisorBuild _supervisor;

    private protected OdynEmulatorTests(SupervisorBuild supervisor) => _supervisor = supervisor;

    public sealed class BesideTheNewest() : OdynEmulatorTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : OdynEmulatorTests(SupervisorBuild.All[^1]);

    private readonly DevnetAuthority _authority = new();
    private readonly HttpClient _http = new();
    private OdynEmulator _odyn = null!;

    public async Task InitializeAsync()
    {
        _odyn = await OdynEmulator.StartAsync(_authority.Boot("test", _supervisor), CancellationToken.None);
        _http.BaseAddress = _odyn.Url;
    }

    public async Task DisposeAsync() => await _odyn.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_public_key_belongs_to_the_address()
    {
        var answer = await GetAsync("/v1/eth/address");
        byte[] point = Hex.Decode(answer["public_key"]!.GetValue<string>());
        point.Length.ShouldBe(65);
        Hex.Encode(Keccak256.Hash(point.AsSpan(1)).ToArray().AsSpan(12)).ShouldBe(answer["address"]!.GetValue<string>());
    }

    [Fact]
    public async Task Messages_are_signed_as_eip191()
    {
        var answer = await PostAsync("/v1/eth/sign", new JsonObject { ["message"] = "hello" });
        EthereumSignature.TryParse(answer["signature"]!.GetValue<string>(), out var signature).ShouldBeTrue();
        signature!.AsGiven[^2..].ShouldBeOneOf(["00", "01"], "every version of the supervisor writes v so");
        signature.TryRecover("hello", out var signer).ShouldBeTrue();
        signer.ShouldBe(_odyn.Enclave.Wallet);
    }

    [Fact]
    public async Task Both_kinds_of_transaction_payload_give_what_cast_decodes()
    {
        var structured = new JsonObject
        {
            ["kind"] = "structured",
            ["chain_id"] = "0x7a69",
            ["nonce"] = "0x0",
            ["max_priority_fee_per_gas"] = "0x1",
            ["max_fee_per_gas"] = "0x77359400",
            ["gas_limit"] = "0x5208",
            ["to"] = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1",
            ["value"] = "0xde0b6b3a7640000",
            ["data"] = "0x",
            ["access_list"] = new JsonArray(new JsonObject
            {
                ["address"] = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1",
                ["storage_keys"] = new JsonArray($"0x{new string('1', 64)}"),
            }),
        };
        var first = await PostAsync("/v1/eth/sign-tx", new JsonObject { ["payload"] = structured, ["include_attestation"] = false });
        string raw = first["raw_transaction"]!.GetValue<string>();
        var decoded = await DecodeAsync(raw);
        decoded["signer"]!.GetValue<string>().ShouldBe(_odyn.Enclave.Wallet.ToString(), StringCompareShould.IgnoreCase);
        decoded["gas"]!.GetValue<string>().ShouldBe("0x5208");
        decoded["accessList"]!.AsArray().Count.ShouldBe(1);
        first["transaction_hash"]!.GetValue<string>().ShouldBe(Keccak256.Hash(Hex.Decode(raw)).ToString());

        string unsigned = await Foundry.CastAsync("to-rlp", """["0x7a69","0x","0x01","0x77359400","0x5208","0x742d35cc6634c0532925a3b844bc9e7595f0beb1","0x0de0b6b3a7640000","0x",[]]""");
        var second = await PostAsync("/v1/eth/sign-tx", new JsonObject { ["payload"] = new JsonObject { ["kind"] = "raw_rlp", ["raw_payload"] = "0x02" + unsigned[2..] } });
        var again = await DecodeAsync(second["raw_transaction"]!.GetValue<string>());
        again["signer"]!.GetValue<string>().ShouldBe(_odyn.Enclave.Wallet.ToString(), StringCompareShould.IgnoreCase);
        again["value"]!.GetValue<string>().ShouldBe("0xde0b6b3a7640000");
    }

    [Fact]
    public async Task Attestations_are_fresh_and_verify_under_the_devnets_root_only()
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(32);
        byte[] document = await AttestAsync(new JsonObject { ["nonce"] = Convert.ToBase64String(nonce) });
        new AttestationVerifier(_authority.Root).Verify(document, DateTimeOffset.UtcNow, nonce).TryGet(out var verified).ShouldBeTrue();
        AttestedWallet.TryRead(verified!.Document.UserData, out var wallet).ShouldBeTrue();
        wallet.ShouldBe(_odyn.Enclave.Wallet);
        verified.Document.PublicKey.ShouldBe(_odyn.Enclave.TeePublicKey);
        verified.Document.CodeMeasurement.ShouldBe(DevnetAuthority.MeasurementOf("test"));
        new AttestationVerifier(AttestationRoot.Aws).Verify(document, DateTimeOffset.UtcNow, nonce).Failure.ShouldBe(AttestationRefusal.UntrustedChain);
    }

    [Fact]
    public async Task Without_user_data_the_wallet_is_attested_as_odyn_does()
    {
        byte[] document = await AttestAsync(new JsonObject { ["nonce"] = "AAAA" });
        NitroDocument.TryParse(document, out var parsed).ShouldBeTrue();
        JsonNode.Parse(parsed!.UserData.Span)!["eth_addr"]!.GetValue<string>().ShouldBe(_odyn.Enclave.Wallet.ToString());
    }

    [Fact]
    public async Task User_data_that_is_an_object_is_attested_as_it_was_given_with_the_wallet_in_it()
    {
        byte[] document = await AttestAsync((JsonObject)JsonNode.Parse("""{"user_data":{"eth_addr":"another","b":[1.50,null,{"é":true}]}}""")!);
        NitroDocument.TryParse(document, out var parsed).ShouldBeTrue();
        Encoding.UTF8.GetString(parsed!.UserData.Span).ShouldBe($$"""{"b":[1.50,null,{"\u00E9":true}],"eth_addr":"{{_odyn.Enclave.Wallet}}"}""");
    }

    [Fact]
    public async Task An_envelope_is_opened_once_and_only_when_it_holds_text()
    {
        using var peer = await OtherAsync();
        using var exchange = new Ecies(peer, 4, _supervisor.Envelopes);
        string first = Asked(exchange.Seal("once"u8, _odyn.Enclave.TeePublicKey, RandomNumberGenerator.GetBytes(12)));
        (await StatusAsync("/v1/encryption/decrypt", first)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/v1/encryption/decrypt", first)).ShouldBe(HttpStatusCode.BadRequest);
        string bytes = Asked(exchange.Seal([0xff, 0xfe], _odyn.Enclave.TeePublicKey, RandomNumberGenerator.GetBytes(12)));
        (await StatusAsync("/v1/encryption/decrypt", bytes)).ShouldBe(HttpStatusCode.BadRequest);

        static string Asked(OdynEnvelope envelope) => new JsonObject
        {
            ["nonce"] = Hex.Encode(envelope.Nonce.Span),
            ["client_public_key"] = envelope.Sender.ToString(),
            ["encrypted_data"] = Hex.Encode(envelope.Ciphertext.Span),
        }.ToJsonString();
    }

    [Fact]
    public void The_nonces_of_the_last_envelopes_are_remembered_and_no_more()
    {
        var seen = new SeenEnvelopes();
        byte[] Nonce(int number) => [.. new byte[8], .. BitConverter.GetBytes(number)];
        for (int i = 0; i <= SeenEnvelopes.Capacity; i++)
        {
            seen.TryAdd(_odyn.Enclave.TeePublicKey, Nonce(i)).ShouldBeTrue();
        }

        seen.TryAdd(_odyn.Enclave.TeePublicKey, Nonce(1)).ShouldBeFalse("still among the last");
        seen.TryAdd(_odyn.Enclave.TeePublicKey, Nonce(0)).ShouldBeTrue("the oldest was forgotten");
    }

    [Fact]
    public async Task A_body_of_ten_mebibytes_is_taken_and_one_byte_more_is_413()
    {
        const int Most = 10 * 1024 * 1024;
        const string Frame = """{"message":"hello","x":""}""";
        string body = Frame.Replace("\"\"", $"\"{new string('x', Most - Frame.Length)}\"", StringComparison.Ordinal);
        (await StatusAsync("/v1/eth/sign", body)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/v1/eth/sign", body + " ")).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_nonce_or_user_data_that_the_hypervisor_does_not_take_is_400()
    {
        (await StatusAsync("/v1/attestation", Nonce(512))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/v1/attestation", Nonce(513))).ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync("/v1/attestation", $$"""{"user_data":{"a":"{{new string('x', 400)}}"} }""")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/v1/attestation", $$"""{"user_data":{"a":"{{new string('x', 512)}}"} }""")).ShouldBe(HttpStatusCode.BadRequest);

        static string Nonce(int bytes) => $$"""{"nonce":"{{Convert.ToBase64String(new byte[bytes])}}"}""";
    }

    [Fact]
    public async Task The_auxiliary_port_attests_for_anybody_but_never_with_a_callers_key()
    {
        using var peer = await OtherAsync();
        using var auxiliary = new HttpClient { BaseAddress = _odyn.AuxiliaryUrl };
        using var response = await auxiliary.PostAsJsonAsync(new Uri("/v1/attestation", UriKind.Relative), new JsonObject
        {
            ["nonce"] = "AQID",
            ["public_key"] = PemEncoding.WriteString("PUBLIC KEY", peer.PublicKey.ToSpki()),
            ["user_data"] = new JsonObject { ["a"] = new JsonObject { ["eth_addr"] = "0x00000000000000000000000000000000000000aa" } },
        });
        NitroDocument.TryParse(await response.Content.ReadAsByteArrayAsync(), out var document).ShouldBeTrue();
        document!.Nonce.ToArray().ShouldBe([1, 2, 3]);
        document.PublicKey.ShouldBe(_odyn.Enclave.TeePublicKey);
        Encoding.UTF8.GetString(document.UserData.Span).ShouldBe(
            $$"""{"a":{"eth_addr":"0x00000000000000000000000000000000000000aa"},"eth_addr":"{{_odyn.Enclave.Wallet}}"}""");
        using var other = await auxiliary.PostAsJsonAsync(new Uri("/v1/eth/sign", UriKind.Relative), new JsonObject { ["message"] = "m" });
        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_refusal_ends_the_connection_and_an_answer_keeps_it()
    {
        using var refused = await _http.PostAsync(new Uri("/v1/eth/sign", UriKind.Relative), new StringContent("no json"));
        refused.Headers.ConnectionClose.ShouldBe(true);
        using var answered = await _http.GetAsync(new Uri("/v1/eth/address", UriKind.Relative));
        answered.Headers.ConnectionClose.ShouldNotBe(true);
    }

    [Fact]
    public async Task Storage_that_the_manifest_does_not_enable_is_400()
    {
        await using var without = await OdynEmulator.StartAsync(
            _authority.Boot("test", _supervisor with { HasObjects = false }), CancellationToken.None);
        using var http = new HttpClient { BaseAddress = without.Url };
        foreach (string route in (string[])["get", "put", "delete", "list"])
        {
            using var answer = await http.PostAsJsonAsync(new Uri($"/v1/s3/{route}", UriKind.Relative), new JsonObject { ["key"] = "a" });
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Odd_builds_attest_the_bare_wallet_and_a_callers_key_as_a_point(bool isOld)
    {
        var build = isOld ? SupervisorBuild.All[^1] with { HasBareUserData = true } : SupervisorBuild.Newest;
        await using var odyn = await OdynEmulator.StartAsync(_authority.Boot("test", build), CancellationToken.None);
        using var client = new OdynHttp(new OdynHttpOptions(odyn.Url));
        using var key = await OtherAsync();

        (await client.AttestAsync(new AttestationRequest(new byte[] { 1 }, key.PublicKey), default)).TryGet(out byte[]? bytes).ShouldBeTrue();

        NitroDocument.TryParse(bytes, out var document).ShouldBeTrue();
        document!.PublicKey.ShouldBe(key.PublicKey);
        document.UserData.Length.ShouldBe(isOld ? 20 : 57);
        AttestedWallet.TryRead(document.UserData, out var wallet).ShouldBeTrue();
        wallet.ShouldBe(odyn.Enclave.Wallet);
        (bytes.AsSpan().IndexOf(key.PublicKey.ToSpki()) >= 0).ShouldBe(!isOld, "SPKI, or the bare point");
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Every_release_opens_what_its_own_scheme_sealed_and_no_other(string release)
    {
        var build = SupervisorBuild.Find(release)!;
        await using var odyn = await OdynEmulator.StartAsync(_authority.Boot("test", build), CancellationToken.None);
        using var client = new OdynHttp(new OdynHttpOptions(odyn.Url));
        using var peer = await OtherAsync();
        foreach (var scheme in EnvelopeScheme.All)
        {
            using var exchange = new Ecies(peer, 4, scheme);
            var answer = await client.DecryptAsync(exchange.Seal("hello"u8, odyn.Enclave.TeePublicKey, RandomNumberGenerator.GetBytes(12)), default);
            answer.TryGet(out _).ShouldBe(scheme == build.Envelopes, scheme.Name);
        }
    }

    public static TheoryData<string> Releases => [.. SupervisorBuild.All.Select(build => build.Version)];

    [Fact]
    public async Task What_is_encrypted_for_a_key_opens_with_it_and_the_other_way()
    {
        using var peer = await OtherAsync();
        var sealedText = await PostAsync("/v1/encryption/encrypt", new JsonObject { ["plaintext"] = "grüße", ["client_public_key"] = peer.PublicKey.ToString() });
        using var exchange = new Ecies(peer, 4, _supervisor.Envelopes);
        var envelope = new OdynEnvelope(
            TeePublicKey.From(Hex.Decode(sealedText["enclave_public_key"]!.GetValue<string>())),
            Hex.Decode(sealedText["nonce"]!.GetValue<string>()),
            Hex.Decode(sealedText["encrypted_data"]!.GetValue<string>()));
        exchange.TryOpen(envelope, out byte[] plaintext).ShouldBeTrue();
        Encoding.UTF8.GetString(plaintext).ShouldBe("grüße");

        var back = exchange.Seal(Encoding.UTF8.GetBytes("zurück"), _odyn.Enclave.TeePublicKey, RandomNumberGenerator.GetBytes(12));
        var opened = await PostAsync("/v1/encryption/decrypt", new JsonObject
        {
            ["nonce"] = Hex.Encode(back.Nonce.Span),
            ["client_public_key"] = peer.PublicKey.ToString(),
            ["encrypted_data"] = Hex.Encode(back.Ciphertext.Span),
        });
        opened["plaintext"]!.GetValue<string>().ShouldBe("zurück");
    }

    [Fact]
    public async Task Objects_are_stored_listed_by_page_and_deleted()
    {
        foreach (string key in (string[])["a/1", "a/2", "b/1"])
        {
            (await PostAsync("/v1/s3/put", new JsonObject { ["key"] = key, ["value"] = "aGk=" }))["success"]!.GetValue<bool>().ShouldBeTrue();
        }

        var page = await PostAsync("/v1/s3/list", new JsonObject { ["prefix"] = "a/", ["max_keys"] = 1 });
        page["keys"]!.AsArray().Select(key => key!.GetValue<string>()).ShouldBe(["a/1"]);
        page["is_truncated"]!.GetValue<bool>().ShouldBeTrue();
        var rest = await PostAsync("/v1/s3/list", new JsonObject { ["prefix"] = "a/", ["continuation_token"] = page["continuation_token"]!.DeepClone() });
        rest["keys"]!.AsArray().Select(key => key!.GetValue<string>()).ShouldBe(["a/2"]);
        (await PostAsync("/v1/s3/get", new JsonObject { ["key"] = "b/1" }))["value"]!.GetValue<string>().ShouldBe("aGk=");
        await PostAsync("/v1/s3/delete", new JsonObject { ["key"] = "b/1" });
        (await StatusAsync("/v1/s3/get", """{"key":"b/1"}""")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/v1/eth/sign", """{"message":""}""")]
    [InlineData("/v1/eth/sign", "no json")]
    [InlineData("/v1/eth/sign", "[]")]
    [InlineData("/v1/eth/sign", """{"message":5}""")]
    [InlineData("/v1/eth/sign", """{"message":"a","message":"b"}""")]
    [InlineData("/v1/eth/sign", """{"message":"\ud800"}""")]
    [InlineData("/v1/eth/sign", """{"message":"a","include_attestation":null}""")]
    [InlineData("/v1/eth/sign-tx", """{"payload":[]}""")]
    [InlineData("/v1/eth/sign-tx", """{"payload":{"kind":"structured","access_list":[7]}}""")]
    [InlineData("/v1/s3/list", """{"max_keys":1.5}""")]
    [InlineData("/v1/s3/list", """{"max_keys":4294967296}""")]
    [InlineData("/v1/eth/sign-tx", """{"payload":{"kind":"structured","chain_id":"1"}}""")]
    [InlineData("/v1/attestation", """{"nonce":"!!"}""")]
    [InlineData("/v1/attestation", """{"user_data":[1]}""")]
    [InlineData("/v1/attestation", """{"user_data":"AQID"}""")]
    [InlineData("/v1/attestation", """{"user_data":7}""")]
    [InlineData("/v1/encryption/decrypt", """{"nonce":"0x00","client_public_key":"0x00","encrypted_data":"0x00"}""")]
    [InlineData("/v1/encryption/encrypt", """{"plaintext":"x","client_public_key":"0x00"}""")]
    [InlineData("/v1/s3/put", """{"key":"../up","value":"aGk="}""")]
    public async Task Bad_input_is_400(string path, string body) => (await StatusAsync(path, body)).ShouldBe(HttpStatusCode.BadRequest);

    private static Task<TeePrivateKey> OtherAsync()
    {
        TeePrivateKey.TryImport(RandomNumberGenerator.GetBytes(47).Prepend((byte)0).ToArray(), out var key).ShouldBeTrue();
        return Task.FromResult(key!);
    }

    // cast prints the transaction as JSON, or, depending on where it runs, that text as a JSON string.
    private static async Task<JsonObject> DecodeAsync(string raw)
    {
        var printed = JsonNode.Parse(await Foundry.CastAsync("decode-transaction", raw))!;
        return (printed as JsonObject ?? JsonNode.Parse(printed.GetValue<string>()))!.AsObject();
    }

    private async Task<JsonObject> GetAsync(string path) => (await _http.GetFromJsonAsync<JsonObject>(new Uri(path, UriKind.Relative)))!;

    private async Task<JsonObject> PostAsync(string path, JsonObject body)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private async Task<byte[]> AttestAsync(JsonObject body)
    {
        using var response = await _http.PostAsJsonAsync(new Uri("/v1/attestation", UriKind.Relative), body);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/cbor");
        return await response.Content.ReadAsByteArrayAsync();
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        // A server that refuses a body by its length closes the connection: it is asked first.
        request.Headers.ExpectContinue = true;
        using var response = await _http.SendAsync(request);
        return response.StatusCode;
    }
}

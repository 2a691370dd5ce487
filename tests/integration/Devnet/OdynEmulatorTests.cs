using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kms.Core.Attestation;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Hosting.Devnet;
using Kms.Hosting.Devnet.Odyn;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>The simulated supervisor answers as Odyn's internal API does.</summary>
public sealed class OdynEmulatorTests : IAsyncLifetime, IDisposable
{
    private readonly DevnetAuthority _authority = new();
    private readonly HttpClient _http = new();
    private OdynEmulator _odyn = null!;

    public async Task InitializeAsync()
    {
        _odyn = await OdynEmulator.StartAsync(_authority.Boot("test"), port: 0, CancellationToken.None);
        _http.BaseAddress = _odyn.Url;
    }

    public async Task DisposeAsync() => await _odyn.DisposeAsync();

    public void Dispose() => _http.Dispose();

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
        signature!.TryRecover("hello", out var signer).ShouldBeTrue();
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
        byte[] userData = [1, 2, 3];
        byte[] document = await AttestAsync(new JsonObject
        {
            ["nonce"] = Convert.ToBase64String(nonce),
            ["user_data"] = Convert.ToBase64String(userData),
        });
        new AttestationVerifier(_authority.Root).TryVerify(document, DateTimeOffset.UtcNow, nonce, out var verified, out _).ShouldBeTrue();
        verified!.Document.UserData.ToArray().ShouldBe(userData);
        verified.Document.PublicKey.ShouldBe(_odyn.Enclave.TeePublicKey);
        verified.Document.CodeMeasurement.ShouldBe(DevnetAuthority.MeasurementOf("test"));
        new AttestationVerifier(AttestationRoot.Aws).TryVerify(document, DateTimeOffset.UtcNow, nonce, out _, out var refusal).ShouldBeFalse();
        refusal.ShouldBe(AttestationRefusal.UntrustedChain);
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
    public async Task What_is_encrypted_for_a_key_opens_with_it_and_the_other_way()
    {
        using var peer = await OtherAsync();
        var sealedText = await PostAsync("/v1/encryption/encrypt", new JsonObject { ["plaintext"] = "grüße", ["client_public_key"] = peer.PublicKey.ToString() });
        using var exchange = new SealedExchange(peer, 4);
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
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        return response.StatusCode;
    }
}

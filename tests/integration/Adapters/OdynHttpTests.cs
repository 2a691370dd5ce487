using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Odyn;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Integration.Support;

namespace Kms.Integration.Adapters;

public sealed class OdynHttpTests
{
    private static readonly UnsignedTransaction Transaction = new(31337, 5, 1, 1_000_000_000, 90_000, Registries.Wallet(3), 0, new byte[] { 1, 2, 3, 4 });

    [Fact]
    public async Task The_whole_api_works_against_an_honest_Odyn()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();

        Get(await odyn.GetIdentityAsync(default)).ShouldBe(new OdynIdentity(fake.Wallet.Wallet, fake.Tee.PublicKey));

        var signature = Get(await odyn.SignMessageAsync("NovaKMS:héllo \"quoted\"", default));
        signature.AsGiven[^2..].ShouldBeOneOf("00", "01");
        signature.TryRecover("NovaKMS:héllo \"quoted\"", out var signer).ShouldBeTrue();
        signer.ShouldBe(fake.Wallet.Wallet);

        byte[] raw = Get(await odyn.SignTransactionAsync(Transaction, default));
        DynamicFeeTransaction.TryDecode(raw, out var decoded, out _).ShouldBeTrue();
        decoded.Nonce.ShouldBe(5ul);

        foreach (int count in (int[])[1, 31, 32, 33, 48, 256])
        {
            Get(await odyn.RandomAsync(count, default)).Length.ShouldBe(count);
        }

        using var peerKey = Tee(9);
        using var peer = new Ecies(peerKey, 4);
        foreach (string text in (string[])["{}", string.Empty, "{\"é\":\"\\u0001<&>\"}", new string('x', 1_500_000)])
        {
            byte[] plaintext = Encoding.UTF8.GetBytes(text);
            var envelope = Get(await odyn.EncryptAsync(plaintext, peerKey.PublicKey, default));
            peer.TryOpen(envelope, out byte[] opened).ShouldBeTrue();
            opened.ShouldBe(plaintext);

            var answer = peer.Seal(plaintext, fake.Tee.PublicKey, RandomNumberGenerator.GetBytes(12));
            Get(await odyn.DecryptAsync(answer, default)).ShouldBe(plaintext);
        }

        var tampered = peer.Seal("{}"u8, fake.Tee.PublicKey, RandomNumberGenerator.GetBytes(32));
        byte[] ciphertext = tampered.Ciphertext.ToArray();
        ciphertext[0] ^= 1;
        (await odyn.DecryptAsync(tampered with { Ciphertext = ciphertext }, default)).Failure.ShouldBe(OdynFailure.Refused);
    }

    [Fact]
    public async Task An_attestation_request_carries_base64_and_pem_and_no_user_data_and_the_answer_is_raw()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        using var key = Tee(8);

        byte[] document = Get(await odyn.AttestAsync(new AttestationRequest(new byte[] { 1, 2 }, key.PublicKey), default));
        document.ShouldBe(FakeOdyn.Document);
        var asked = JsonNode.Parse(fake.Server.Requests[^1].Text)!;
        asked["nonce"]!.GetValue<string>().ShouldBe("AQI=");
        asked["user_data"].ShouldBeNull("supervisors refuse anything but an object, and write the wallet themselves");
        using var parsed = ECDiffieHellman.Create();
        parsed.ImportFromPem(asked["public_key"]!.GetValue<string>());
        parsed.ExportSubjectPublicKeyInfo().ShouldBe(key.PublicKey.ToSpki());

        Get(await odyn.AttestAsync(new AttestationRequest(new byte[] { 1 }, null), default));
        fake.Server.Requests[^1].Text.ShouldBe("""{"nonce":"AQ=="}""");
    }

    [Fact]
    public async Task Objects_are_stored_listed_over_pages_and_deleted()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();

        Get(await odyn.GetObjectAsync("none", default)).ShouldBeNull();
        Get(await odyn.PutObjectAsync("audit/1", new byte[] { 1, 2, 3 }, default)).ShouldBeTrue();
        Get(await odyn.PutObjectAsync("audit/2", ReadOnlyMemory<byte>.Empty, default)).ShouldBeTrue();
        Get(await odyn.GetObjectAsync("audit/1", default)).ShouldBe([1, 2, 3]);
        Get(await odyn.GetObjectAsync("audit/2", default)).ShouldBe([]);
        fake.PageKeys = 1;
        Get(await odyn.ListObjectsAsync("audit/", default)).ShouldBe(["audit/1", "audit/2"]);
        Get(await odyn.DeleteObjectAsync("audit/1", default)).ShouldBeTrue();
        Get(await odyn.GetObjectAsync("audit/1", default)).ShouldBeNull();
        fake.Overrides["/v1/s3/get"] = (400, """{"error":"S3 storage not configured"}""");
        (await odyn.GetObjectAsync("audit/2", default)).Failure.ShouldBe(OdynFailure.Refused);
    }

    [Fact]
    public async Task As_many_objects_as_the_limit_are_listed_and_one_more_is_Malformed()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        fake.Fill("audit/", Limits.MaxListedKeys);
        Get(await odyn.ListObjectsAsync("audit/", default)).Count.ShouldBe(Limits.MaxListedKeys);

        fake.Fill("audit/", Limits.MaxListedKeys + 1);
        (await odyn.ListObjectsAsync("audit/", default)).Failure.ShouldBe(OdynFailure.Malformed);
    }

    [Fact]
    public async Task As_many_random_bytes_as_the_limit_are_drawn_and_to_ask_for_more_is_a_bug_of_the_caller()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        Get(await odyn.RandomAsync(Limits.MaxRandomBytes, default)).Length.ShouldBe(Limits.MaxRandomBytes);
        int asked = fake.Server.Requests.Count;
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => odyn.RandomAsync(Limits.MaxRandomBytes + 1, default));
        fake.Server.Requests.Count.ShouldBe(asked);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, OdynFailure.Malformed)]
    public async Task An_answer_is_read_up_to_its_limit(int over, OdynFailure? expected)
    {
        await using var server = RawServer.Padded(static _ => """{"value":"AQID"}""", Limits.MaxOdynResponseBytes + over);
        using var odyn = new OdynHttp(new OdynHttpOptions(server.Url));
        (await odyn.GetObjectAsync("k", default)).Failure.ShouldBe(expected);
    }

    public static TheoryData<string, string> Malformed
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] paths = ["/v1/eth/address", "/v1/encryption/public_key", "/v1/eth/sign", "/v1/eth/sign-tx", "/v1/random", "/v1/encryption/encrypt", "/v1/encryption/decrypt", "/v1/s3/get", "/v1/s3/put", "/v1/s3/list"];
            foreach (string path in paths)
            {
                foreach (string body in (string[])["", "null", "[]", "{}", "{", "{} {}", "not json", "{\"\\ud800\":1}", "{\"x\":" + new string('[', 5000)])
                {
                    data.Add(path, body);
                }
            }

            string z = new('0', 40);
            data.Add("/v1/eth/address", $$"""{"address":"0x{{z}}","public_key":"0x04"}""");
            data.Add("/v1/eth/address", $$"""{"address":"0x{{new string('1', 40)}}","public_key":"0x04{{new string('1', 128)}}"}""");
            data.Add("/v1/encryption/public_key", """{"public_key_der":"0x3076"}""");
            data.Add("/v1/encryption/public_key", $$"""{"public_key_der":"0x04{{new string('1', 192)}}"}""");
            data.Add("/v1/eth/sign", $$"""{"signature":"0x{{new string('1', 130)}}","address":"0x{{z}}"}""");
            data.Add("/v1/eth/sign", """{"signature":"0x","address":"\ud800"}""");
            data.Add("/v1/eth/sign-tx", """{"raw_transaction":"0x02c0"}""");
            data.Add("/v1/random", """{"random_bytes":"0x1234"}""");
            data.Add("/v1/random", $$"""{"random_bytes":"0x{{new string('0', 64)}}"}"""); // constant
            data.Add("/v1/random", $$"""{"random_bytes":"0x{{new string('1', 63)}}2"}"""); // repeated over chunks
            data.Add("/v1/random", $$"""{"random_bytes":"0x{{new string('1', 63)}}2","random_bytes":"0x{{new string('1', 63)}}3"}""");
            data.Add("/v1/random", """{"random_bytes":7}""");
            data.Add("/v1/encryption/encrypt", """{"encrypted_data":"00","nonce":"00","enclave_public_key":"00"}""");
            data.Add("/v1/encryption/decrypt", """{"plaintext":"longer than the ciphertext can hold"}""");
            data.Add("/v1/encryption/decrypt", """{"plaintext":"\ud800"}""");
            data.Add("/v1/s3/get", """{"value":"***"}""");
            data.Add("/v1/s3/put", """{"success":false}""");
            data.Add("/v1/s3/list", """{"keys":["a"],"is_truncated":true}""");
            data.Add("/v1/s3/list", """{"keys":["a",1],"is_truncated":false}""");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_the_api_does_not_promise_is_Malformed(string path, string body)
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        fake.Overrides[path] = (200, body);
        (await CallAsync(odyn, fake, path)).ShouldBe(OdynFailure.Malformed);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Other_statuses_are_Unavailable_and_redirects_are_not_followed(int status)
    {
        await using var target = RawServer.Json(static _ => "{}");
        await using var fake = new FakeOdyn { Redirect = target.Url };
        using var odyn = fake.Client();
        foreach (string path in (string[])["/v1/eth/address", "/v1/eth/sign", "/v1/random", "/v1/encryption/decrypt", "/v1/attestation"])
        {
            fake.Overrides[path] = (status, "{}");
            (await CallAsync(odyn, fake, path)).ShouldBe(OdynFailure.Unavailable);
            fake.Overrides.Remove(path);
        }

        target.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(27, true)]
    [InlineData(2, false)]
    [InlineData(29, false)]
    [InlineData(35, false)]
    public async Task A_signature_is_taken_with_v_of_a_supervisor_or_of_a_library_and_no_other(int first, bool taken)
    {
        await using var fake = new FakeOdyn
        {
            Signature = signature => Hex.Encode([.. signature.Bytes.Span[..64], (byte)(signature.Bytes.Span[64] - 27 + first)]),
        };
        using var odyn = fake.Client();

        var answer = await odyn.SignMessageAsync("m", default);

        (answer.Failure is null).ShouldBe(taken);
        (answer.Failure ?? OdynFailure.Malformed).ShouldBe(OdynFailure.Malformed);
    }

    [Fact]
    public async Task A_signature_of_another_wallet_is_Malformed()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        Get(await odyn.GetIdentityAsync(default));
        fake.Signer = EthereumPrivateKey.Import(Enumerable.Repeat((byte)0x55, 32).ToArray());

        (await odyn.SignMessageAsync("message", default)).Failure.ShouldBe(OdynFailure.Malformed);
        (await odyn.SignTransactionAsync(Transaction, default)).Failure.ShouldBe(OdynFailure.Malformed);
    }

    [Fact]
    public async Task A_transaction_other_than_the_one_asked_for_is_Malformed()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        UnsignedTransaction[] others =
        [
            Transaction with { Nonce = 6 }, Transaction with { ChainId = 1 }, Transaction with { Value = 1 }, Transaction with { To = Registries.Wallet(4) },
            Transaction with { GasLimit = 90_001 }, Transaction with { MaxFeePerGas = 2 }, Transaction with { MaxPriorityFeePerGas = 0 },
            Transaction with { Data = new byte[] { 1, 2, 3, 5 } },
        ];
        foreach (var other in others)
        {
            fake.SignInstead = other;
            (await odyn.SignTransactionAsync(Transaction, default)).Failure.ShouldBe(OdynFailure.Malformed, other.ToString());
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_before_they_are_sent()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        using var peer = Tee(9);
        (await odyn.EncryptAsync(new byte[] { 0xff }, peer.PublicKey, default)).Failure.ShouldBe(OdynFailure.Refused);
        fake.Server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_silent_or_absent_Odyn_is_Unavailable()
    {
        await using var silent = new RawServer(static (_, _) => Task.Delay(TimeSpan.FromSeconds(30)));
        using var waiting = new OdynHttp(new OdynHttpOptions(silent.Url) { Timeout = TimeSpan.FromMilliseconds(200) });
        using var absent = new OdynHttp(new OdynHttpOptions(new Uri("http://127.0.0.1:1")));
        (await waiting.GetIdentityAsync(default)).Failure.ShouldBe(OdynFailure.Unavailable);
        (await absent.GetIdentityAsync(default)).Failure.ShouldBe(OdynFailure.Unavailable);
        using var cancel = new CancellationTokenSource(50);
        using var patient = new OdynHttp(new OdynHttpOptions(silent.Url));
        await Should.ThrowAsync<OperationCanceledException>(() => patient.GetIdentityAsync(cancel.Token));
    }

    [Fact]
    public async Task Attestations_beyond_the_limit_and_of_another_format_are_Malformed()
    {
        await using var fake = new FakeOdyn();
        using var odyn = fake.Client();
        foreach (string body in (string[])[new string('x', Limits.MaxAttestationBytes + 1), "", "{}"])
        {
            fake.Overrides["/v1/attestation"] = (200, body);
            (await CallAsync(odyn, fake, "/v1/attestation")).ShouldBe(OdynFailure.Malformed);
        }
    }

    [Theory]
    [InlineData("http://10.0.0.1:18000")]
    [InlineData("http://odyn.example")]
    [InlineData("https://127.0.0.1:18000")]
    [InlineData("/relative")]
    public void Only_http_on_loopback_is_accepted(string url) =>
        Should.Throw<ArgumentException>(() => new OdynHttp(new OdynHttpOptions(new Uri(url, UriKind.RelativeOrAbsolute))));

    internal static TeePrivateKey Tee(byte seed)
    {
        byte[] scalar = new byte[TeePrivateKey.ScalarBytes];
        scalar.AsSpan().Fill(seed);
        TeePrivateKey.TryImport(scalar, out var key).ShouldBeTrue();
        return key!;
    }

    private static T Get<T>(Result<T, OdynFailure> result)
    {
        result.TryGet(out var value).ShouldBeTrue($"{result.Failure}: {result.Detail}");
        return value!;
    }

    private static async Task<OdynFailure?> CallAsync(OdynHttp odyn, FakeOdyn fake, string path)
    {
        using var peerKey = Tee(9);
        using var peer = new Ecies(peerKey, 1);
        return path switch
        {
            "/v1/eth/sign" => (await odyn.SignMessageAsync("message", default)).Failure,
            "/v1/eth/sign-tx" => (await odyn.SignTransactionAsync(Transaction, default)).Failure,
            "/v1/random" => (await odyn.RandomAsync(64, default)).Failure,
            "/v1/encryption/encrypt" => (await odyn.EncryptAsync("{}"u8.ToArray(), peerKey.PublicKey, default)).Failure,
            "/v1/encryption/decrypt" => (await odyn.DecryptAsync(peer.Seal("{}"u8, fake.Tee.PublicKey, new byte[12]), default)).Failure,
            "/v1/attestation" => (await odyn.AttestAsync(new AttestationRequest(new byte[32], null), default)).Failure,
            "/v1/s3/get" => (await odyn.GetObjectAsync("k", default)).Failure,
            "/v1/s3/put" => (await odyn.PutObjectAsync("k", new byte[1], default)).Failure,
            "/v1/s3/list" => (await odyn.ListObjectsAsync("k", default)).Failure,
            _ => (await odyn.GetIdentityAsync(default)).Failure,
        };
    }
}

using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Odyn;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Integration.Support;

namespace Kms.Integration.Adapters;

/// <summary>Odyn's internal API, small enough to be bent at will.</summary>
internal sealed class FakeOdyn : IAsyncDisposable
{
    private readonly Ecies _exchange;
    private readonly SortedDictionary<string, string> _objects = new(StringComparer.Ordinal);

    public FakeOdyn()
    {
        Tee = OdynHttpTests.Tee(0x33);
        _exchange = new Ecies(Tee, 8);
        Signer = Wallet;
        Server = new RawServer(AnswerAsync);
    }

    /// <summary>Starts like a COSE_Sign1 array; the rest is the verifier's business.</summary>
    public static byte[] Document { get; } = [0x84, 0x43, 0xa1, 0x01, 0x38];

    public RawServer Server { get; }

    public EthereumPrivateKey Wallet { get; } = EthereumPrivateKey.Import(Enumerable.Repeat((byte)0x11, 32).ToArray());

    public TeePrivateKey Tee { get; }

    public EthereumPrivateKey Signer { get; set; }

    /// <summary>How v is written; supervisors write 0 or 1.</summary>
    public Func<EthereumSignature, string> Signature { get; set; } = signature => signature.AsBare().AsGiven;

    public UnsignedTransaction? SignInstead { get; set; }

    public int PageKeys { get; set; } = 1000;

    public Uri? Redirect { get; set; }

    public Dictionary<string, (int Status, string Body)> Overrides { get; } = [];

    /// <summary>Stores so many objects under a prefix.</summary>
    public void Fill(string prefix, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _objects[string.Create(CultureInfo.InvariantCulture, $"{prefix}{i:D6}")] = string.Empty;
        }
    }

    public OdynHttp Client() => new(new OdynHttpOptions(Server.Url));

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task AnswerAsync(RawRequest request, Stream stream)
    {
        if (Overrides.TryGetValue(request.Path, out var given))
        {
            await RawServer.RespondAsync(stream, given.Status, given.Body, Redirect is null ? string.Empty : $"Location: {Redirect}\r\n");
        }
        else if (request.Path == "/v1/attestation")
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\nContent-Length: {Document.Length}\r\n\r\n"));
            await stream.WriteAsync(Document);
        }
        else
        {
            var (status, body) = Answer(request.Line.Split(' ')[0], request.Path, request.Body.Length > 0 ? JsonNode.Parse(request.Text)!.AsObject() : null);
            await RawServer.RespondAsync(stream, status, JsonSerializer.Serialize(body));
        }
    }

    private (int Status, object Body) Answer(string method, string path, JsonObject? input) => (method, path) switch
    {
        ("GET", "/v1/eth/address") => (200, new { address = Wallet.Wallet.ToString(), public_key = PublicKey }),
        ("GET", "/v1/encryption/public_key") => (200, new { public_key_der = Tee.PublicKey.ToString(), public_key_pem = "unused" }),
        ("GET", "/v1/random") => (200, new { random_bytes = Hex.Encode(RandomNumberGenerator.GetBytes(32)) }),
        ("POST", "/v1/eth/sign") => (200, new { signature = Signature(Signer.SignMessage(Text(input, "message"))), address = Signer.Wallet.ToString() }),
        ("POST", "/v1/eth/sign-tx") => (200, SignTransaction(input!["payload"]!.AsObject())),
        ("POST", "/v1/encryption/encrypt") => (200, Seal(input!)),
        ("POST", "/v1/encryption/decrypt") => Open(input!),
        ("POST", "/v1/s3/put") => Put(input!),
        ("POST", "/v1/s3/get") => _objects.TryGetValue(Text(input, "key"), out string? value) ? (200, new { value }) : (404, new { error = "not found" }),
        ("POST", "/v1/s3/delete") => (200, new { success = _objects.Remove(Text(input, "key")) }),
        ("POST", "/v1/s3/list") => (200, List(input!)),
        _ => (404, new { error = "no route" }),
    };

    // The point of the wallet's key by another road than the one under test: the managed curve.
    private string PublicKey
    {
        get
        {
            var curve = Org.BouncyCastle.Crypto.EC.CustomNamedCurves.GetByName("secp256k1");
            var scalar = new Org.BouncyCastle.Math.BigInteger(1, Enumerable.Repeat((byte)0x11, 32).ToArray());
            return Hex.Encode(curve.G.Multiply(scalar).Normalize().GetEncoded(false));
        }
    }

    private object SignTransaction(JsonObject payload)
    {
        Text(payload, "kind").ShouldBe("structured");
        var asked = SignInstead ?? new UnsignedTransaction(
            (ulong)Number(payload, "chain_id"),
            (ulong)Number(payload, "nonce"),
            Number(payload, "max_priority_fee_per_gas"),
            Number(payload, "max_fee_per_gas"),
            (ulong)Number(payload, "gas_limit"),
            WalletAddress.Parse(Text(payload, "to")),
            Number(payload, "value"),
            Hex.Decode(Text(payload, "data")));
        byte[] raw = DynamicFeeTransaction.Encode(asked, Signer.SignDigest(DynamicFeeTransaction.SigningDigest(asked)));
        return new { raw_transaction = Hex.Encode(raw), transaction_hash = DynamicFeeTransaction.Hash(raw).ToString(), address = Signer.Wallet.ToString() };
    }

    private object Seal(JsonObject input)
    {
        TeePublicKey.TryParse(Text(input, "client_public_key"), out var receiver).ShouldBeTrue();
        var envelope = _exchange.Seal(Encoding.UTF8.GetBytes(Text(input, "plaintext")), receiver!, RandomNumberGenerator.GetBytes(32));

        // As the real one: without 0x here, with it elsewhere.
        return new
        {
            encrypted_data = Hex.EncodeBare(envelope.Ciphertext.Span),
            nonce = Hex.EncodeBare(envelope.Nonce.Span),
            enclave_public_key = Hex.EncodeBare(envelope.Sender.ToSpki()),
        };
    }

    private (int Status, object Body) Open(JsonObject input)
    {
        TeePublicKey.TryParse(Text(input, "client_public_key"), out var sender).ShouldBeTrue();
        var envelope = new OdynEnvelope(sender!, Hex.Decode(Text(input, "nonce")), Hex.Decode(Text(input, "encrypted_data")));
        return _exchange.TryOpen(envelope, out byte[] plaintext)
            ? (200, new { plaintext = Encoding.UTF8.GetString(plaintext) })
            : (400, new { error = "Decryption failed" });
    }

    private (int Status, object Body) Put(JsonObject input)
    {
        _objects[Text(input, "key")] = Text(input, "value");
        return (200, new { success = true });
    }

    private object List(JsonObject input)
    {
        string after = input["continuation_token"]?.GetValue<string>() ?? string.Empty;
        string prefix = Text(input, "prefix");
        string[] left = [.. _objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0)];
        string[] keys = [.. left.Take(PageKeys)];
        bool more = left.Length > keys.Length;
        return new { keys, is_truncated = more, continuation_token = more ? keys[^1] : null };
    }

    private static string Text(JsonObject? input, string name) => input![name]!.GetValue<string>();

    private static BigInteger Number(JsonObject input, string name) =>
        BigInteger.Parse("0" + Text(input, name)[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

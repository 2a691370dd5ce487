using System.Security.Cryptography;
using System.Text;
using Kms.Core.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kms.Devnet.Odyn;

/// <summary>The routes of Odyn's internal API, answered by an <see cref="EmulatedEnclave"/>.</summary>
internal static class OdynRoutes
{
    /// <summary>Larger bodies are 413.</summary>
    public const int MaxBodyBytes = 10 * 1024 * 1024;

    private const int MinNonceBytes = 12;
    private const int MaxEnvelopeNonceBytes = 32;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Map(IEndpointRouteBuilder routes, EmulatedEnclave enclave, EmulatedObjects objects)
    {
        routes.MapGet("/v1/eth/address", context => AddressAsync(context, enclave));
        routes.MapPost("/v1/eth/sign", context => WithBodyAsync(context, OdynWire.SignRequest.Read, body => SignAsync(context, enclave, body)));
        routes.MapPost("/v1/eth/sign-tx", context => WithBodyAsync(context, OdynWire.SignTransactionRequest.Read, body => SignTransactionAsync(context, enclave, body)));
        routes.MapGet("/v1/random", context =>
            context.Response.WriteAsJsonAsync(new { random_bytes = Hex.Encode(RandomNumberGenerator.GetBytes(32)) }));
        routes.MapPost("/v1/attestation", context => WithBodyAsync(context, OdynWire.AttestationBody.Read, body => AttestAsync(context, enclave, body)));
        routes.MapGet("/v1/encryption/public_key", context => PublicKeyAsync(context, enclave));
        routes.MapPost("/v1/encryption/decrypt", context => WithBodyAsync(context, OdynWire.DecryptRequest.Read, body => DecryptAsync(context, enclave, body)));
        routes.MapPost("/v1/encryption/encrypt", context => WithBodyAsync(context, OdynWire.EncryptRequest.Read, body => EncryptAsync(context, enclave, body)));
        MapObjects(routes, enclave.Build.HasObjects ? objects : null);
    }

    /// <summary>
    /// The auxiliary port, which the host forwards to anybody: documents with the caller's nonce and user data. A caller's key is
    /// taken out, so that all of them carry the enclave's long-lived one.
    /// </summary>
    public static void MapAuxiliary(IEndpointRouteBuilder routes, EmulatedEnclave enclave) =>
        routes.MapPost("/v1/attestation", context => WithBodyAsync(
            context, OdynWire.AttestationBody.Read, body => AttestAsync(context, enclave, body with { PublicKey = null })));

    private static void MapObjects(IEndpointRouteBuilder routes, EmulatedObjects? objects)
    {
        if (objects is null)
        {
            foreach (string route in (string[])["get", "put", "delete", "list"])
            {
                routes.MapPost($"/v1/s3/{route}", context => RefuseAsync(context, "S3 storage is not configured"));
            }

            return;
        }

        routes.MapPost("/v1/s3/get", context => WithBodyAsync(context, OdynWire.ObjectRequest.Read, body => GetObjectAsync(context, objects, body)));
        routes.MapPost("/v1/s3/put", context => WithBodyAsync(context, OdynWire.ObjectRequest.Read, body => PutObjectAsync(context, objects, body)));
        routes.MapPost("/v1/s3/delete", context => WithBodyAsync(context, OdynWire.ObjectRequest.Read, body => DeleteObjectAsync(context, objects, body)));
        routes.MapPost("/v1/s3/list", context => WithBodyAsync(context, OdynWire.ListRequest.Read, body => ListObjectsAsync(context, objects, body)));
    }

    private static Task AddressAsync(HttpContext context, EmulatedEnclave enclave) =>
        context.Response.WriteAsJsonAsync(new { address = enclave.Wallet.ToString(), public_key = enclave.ExportWalletPublicKey() });

    private static async Task SignAsync(HttpContext context, EmulatedEnclave enclave, OdynWire.SignRequest body)
    {
        if (string.IsNullOrEmpty(body.Message))
        {
            await RefuseAsync(context, "Message cannot be empty");
            return;
        }

        var signature = enclave.SignMessage(body.Message);
        await context.Response.WriteAsJsonAsync(new
        {
            signature = signature.AsGiven,
            address = enclave.Wallet.ToString(),
            attestation = body.IncludeAttestation ? AttestOf(enclave, Eip191Digest(body.Message)) : null,
        });
    }

    private static async Task SignTransactionAsync(HttpContext context, EmulatedEnclave enclave, OdynWire.SignTransactionRequest body)
    {
        if (body.Payload is null || !Eip1559.TrySign(enclave, body.Payload, out byte[] signed, out var signature))
        {
            await RefuseAsync(context, "Invalid transaction payload");
            return;
        }

        var hash = Keccak256.Hash(signed);
        await context.Response.WriteAsJsonAsync(new
        {
            raw_transaction = Hex.Encode(signed),
            transaction_hash = hash.ToString(),
            signature = signature!.AsGiven,
            address = enclave.Wallet.ToString(),
            attestation = body.IncludeAttestation ? AttestOf(enclave, hash) : null,
        });
    }

    private static async Task AttestAsync(HttpContext context, EmulatedEnclave enclave, OdynWire.AttestationBody body)
    {
        if (!TryBase64(body.Nonce, out byte[]? nonce)
            || nonce is { Length: > Limits.MaxAttestedNonceBytes }
            || !TryPublicKey(body.PublicKey, out var publicKey)
            || body.UserData.Kind is not (JsonKind.Absent or JsonKind.Null or JsonKind.Object)
            || !enclave.TryAttest(nonce, publicKey, body.UserData, out byte[] document))
        {
            await RefuseAsync(context, "Invalid attestation request");
            return;
        }

        context.Response.ContentType = "application/cbor";
        await context.Response.Body.WriteAsync(document);
    }

    private static Task PublicKeyAsync(HttpContext context, EmulatedEnclave enclave)
    {
        byte[] spki = enclave.TeePublicKey.ToSpki();
        return context.Response.WriteAsJsonAsync(new
        {
            public_key_der = Hex.Encode(spki),
            public_key_pem = PemEncoding.WriteString("PUBLIC KEY", spki) + "\n",
        });
    }

    private static async Task DecryptAsync(HttpContext context, EmulatedEnclave enclave, OdynWire.DecryptRequest body)
    {
        if (!TeePublicKey.TryParse(body.ClientPublicKey, out var sender)
            || !Hex.TryDecode(body.Nonce ?? string.Empty, MaxEnvelopeNonceBytes, out byte[] nonce)
            || nonce.Length < MinNonceBytes
            || !Hex.TryDecode(body.EncryptedData ?? string.Empty, MaxBodyBytes, out byte[] data)
            || !enclave.TryOpen(new OdynEnvelope(sender!, nonce, data), out byte[] plaintext))
        {
            await RefuseAsync(context, "Decryption failed");
            return;
        }

        try
        {
            await context.Response.WriteAsJsonAsync(new { plaintext = StrictUtf8.GetString(plaintext) });
        }
        catch (DecoderFallbackException)
        {
            await RefuseAsync(context, "Invalid UTF-8 in plaintext");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static async Task EncryptAsync(HttpContext context, EmulatedEnclave enclave, OdynWire.EncryptRequest body)
    {
        if (body.Plaintext is null || !TeePublicKey.TryParse(body.ClientPublicKey, out var receiver))
        {
            await RefuseAsync(context, "Invalid encryption request");
            return;
        }

        var envelope = enclave.Seal(Encoding.UTF8.GetBytes(body.Plaintext), receiver!);
        // Without 0x, as Odyn does here.
        await context.Response.WriteAsJsonAsync(new
        {
            encrypted_data = Hex.EncodeBare(envelope.Ciphertext.Span),
            enclave_public_key = Hex.EncodeBare(envelope.Sender.ToSpki()),
            nonce = Hex.EncodeBare(envelope.Nonce.Span),
        });
    }

    private static Task GetObjectAsync(HttpContext context, EmulatedObjects objects, OdynWire.ObjectRequest body)
    {
        if (body.Key is not null && objects.Find(body.Key) is { } value)
        {
            return context.Response.WriteAsJsonAsync(new { value });
        }

        return RefuseAsync(context, "Object not found", StatusCodes.Status404NotFound);
    }

    private static Task PutObjectAsync(HttpContext context, EmulatedObjects objects, OdynWire.ObjectRequest body) =>
        body.Key is not null && body.Value is not null && objects.TryPut(body.Key, body.Value)
            ? context.Response.WriteAsJsonAsync(new { success = true })
            : RefuseAsync(context, "Invalid object");

    private static Task DeleteObjectAsync(HttpContext context, EmulatedObjects objects, OdynWire.ObjectRequest body)
    {
        if (body.Key is null)
        {
            return RefuseAsync(context, "Invalid key");
        }

        objects.Delete(body.Key);
        return context.Response.WriteAsJsonAsync(new { success = true });
    }

    private static Task ListObjectsAsync(HttpContext context, EmulatedObjects objects, OdynWire.ListRequest body)
    {
        var (keys, truncated) = objects.List(body.Prefix ?? string.Empty, body.ContinuationToken, body.MaxKeys);
        return context.Response.WriteAsJsonAsync(new
        {
            keys,
            continuation_token = truncated ? keys[^1] : null,
            is_truncated = truncated,
        });
    }

    private static async Task WithBodyAsync<TBody>(HttpContext context, Func<OdynBody, TBody> read, Func<TBody, Task> handle)
        where TBody : class
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        var body = OdynBody.Read(bytes.ToArray(), read, out string refusal);
        await (body is null ? RefuseAsync(context, refusal) : handle(body));
    }

    /// <summary>The supervisor's server drops a connection on which a request failed.</summary>
    private static Task RefuseAsync(HttpContext context, string message, int status = StatusCodes.Status400BadRequest)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Connection = "close";
        return context.Response.WriteAsync(message);
    }

    private static bool TryBase64(string? text, out byte[]? bytes)
    {
        bytes = null;
        if (text is null)
        {
            return true;
        }

        byte[] buffer = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, buffer, out int written))
        {
            return false;
        }

        bytes = buffer[..written];
        return true;
    }

    private static bool TryPublicKey(string? pem, out TeePublicKey? key)
    {
        key = null;
        return pem is null
            || (PemEncoding.TryFind(pem, out var fields)
                && pem[fields.Label] == "PUBLIC KEY"
                && TryBase64(pem[fields.Base64Data].ReplaceLineEndings(string.Empty), out byte[]? der)
                && TeePublicKey.TryFrom(der, out key));
    }

    private static string AttestOf(EmulatedEnclave enclave, Bytes32 nonce)
    {
        Invariant.Require(enclave.TryAttest(nonce.ToArray(), null, JsonValue.Absent, out byte[] document));
        return Convert.ToBase64String(document);
    }

    private static Bytes32 Eip191Digest(string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        return Keccak256.Hash([.. Encoding.UTF8.GetBytes($"\u0019Ethereum Signed Message:\n{bytes.Length}"), .. bytes]);
    }
}

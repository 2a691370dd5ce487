using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handover;

/// <summary>The receiver's message. Canonical CBOR with text keys; nothing left over.</summary>
/// <param name="Nonce">The receiver's nonce, 32 bytes: the sender's document must bind it (<see cref="HandoverTerms.Nonce"/>).</param>
/// <param name="Challenge">A nonce of the sender (<c>GET /nonce</c>), 48 bytes: the receiver's document binds it.</param>
/// <param name="Attestation">The receiver's document.</param>
internal sealed record HandoverRequest(
    Epoch Epoch, Bytes32 Hash, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Challenge, ReadOnlyMemory<byte> Attestation)
{
    public const string Type = "handover";

    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(6);
        writer.WriteTextString("type");
        writer.WriteTextString(Type);
        writer.WriteTextString("epoch");
        writer.WriteUInt64(Epoch.Value);
        writer.WriteTextString("hash");
        writer.WriteByteString(Hash.ToArray());
        writer.WriteTextString("nonce");
        writer.WriteByteString(Nonce.Span);
        writer.WriteTextString("challenge");
        writer.WriteByteString(Challenge.Span);
        writer.WriteTextString("attestation");
        writer.WriteByteString(Attestation.Span);
        writer.WriteEndMap();
        return writer.Encode();
    }

    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out HandoverRequest? request)
    {
        request = null;
        if (!HandoverFields.TryRead(body, out var fields)
            || fields.Count != 6
            || fields.Text("type") != Type
            || fields.Number("epoch") is not > 0
            || fields.Bytes("hash") is not { Length: Bytes32.Size } hash
            || fields.Bytes("nonce") is not { Length: Limits.HandoverNonceBytes } nonce
            || fields.Bytes("challenge") is not { Length: Limits.NonceBytes } challenge
            || fields.Bytes("attestation") is not { Length: > 0 and <= Limits.MaxAttestationBytes } attestation)
        {
            return false;
        }

        var asked = Bytes32.From(hash);
        if (asked.IsZero)
        {
            return false;
        }

        request = new HandoverRequest(Epoch.From(fields.Number("epoch")!.Value), asked, nonce, challenge, attestation);
        return true;
    }
}

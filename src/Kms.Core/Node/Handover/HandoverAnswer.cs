using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Handover;

/// <summary>The sender's answer. Canonical CBOR with text keys; nothing left over.</summary>
/// <param name="Attestation">The sender's document.</param>
/// <param name="Sealed">The secret, sealed for the receiver's ephemeral key (<see cref="HandoverSeal"/>).</param>
internal sealed record HandoverAnswer(ReadOnlyMemory<byte> Attestation, ReadOnlyMemory<byte> Sealed)
{
    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(3);
        writer.WriteTextString("type");
        writer.WriteTextString(HandoverRequest.Type);
        writer.WriteTextString("attestation");
        writer.WriteByteString(Attestation.Span);
        writer.WriteTextString("sealed");
        writer.WriteByteString(Sealed.Span);
        writer.WriteEndMap();
        return writer.Encode();
    }

    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out HandoverAnswer? answer)
    {
        answer = null;
        if (!HandoverFields.TryRead(body, out var fields)
            || fields.Count != 3
            || fields.Text("type") != HandoverRequest.Type
            || fields.Bytes("attestation") is not { Length: > 0 and <= Limits.MaxAttestationBytes } attestation
            || fields.Bytes("sealed") is not { Length: HandoverSeal.SealedBytes } sealedSecret)
        {
            return false;
        }

        answer = new HandoverAnswer(attestation, sealedSecret);
        return true;
    }
}

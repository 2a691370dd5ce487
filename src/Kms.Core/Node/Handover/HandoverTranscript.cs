using System.Buffers.Binary;

namespace Kms.Core.Node.Handover;

/// <summary>Every byte both sides saw, in order: what the sealing key is derived over.</summary>
internal static class HandoverTranscript
{
    /// <summary>length (4, big-endian) ‖ request body ‖ length ‖ sender's attestation document.</summary>
    public static byte[] Of(ReadOnlySpan<byte> requestBody, ReadOnlySpan<byte> senderAttestation)
    {
        var transcript = new byte[4 + requestBody.Length + 4 + senderAttestation.Length];
        BinaryPrimitives.WriteInt32BigEndian(transcript, requestBody.Length);
        requestBody.CopyTo(transcript.AsSpan(4));
        BinaryPrimitives.WriteInt32BigEndian(transcript.AsSpan(4 + requestBody.Length), senderAttestation.Length);
        senderAttestation.CopyTo(transcript.AsSpan(8 + requestBody.Length));
        return transcript;
    }
}

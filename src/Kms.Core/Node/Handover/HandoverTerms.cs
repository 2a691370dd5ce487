using System.Buffers.Binary;
using System.Security.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handover;

/// <summary>What one handover is about; both sides' attestation documents bind it (docs/spec/peer-protocol-handover.md).</summary>
internal sealed record HandoverTerms(ChainIdentity Chain, Epoch Epoch, Bytes32 Hash, WalletAddress Receiver, WalletAddress Sender)
{
    private const int TermsBytes = 8 + WalletAddress.Size + 8 + Bytes32.Size + (2 * WalletAddress.Size) + 1;

    private static ReadOnlySpan<byte> Domain => "nova-kms:handover:2"u8;

    /// <summary>
    /// The document's <c>nonce</c> of one side: SHA-256(domain ‖ chain id (8, big-endian) ‖ contract (20) ‖ epoch (8) ‖ hash (32)
    /// ‖ receiver (20) ‖ sender (20) ‖ role (1) ‖ challenge).
    /// </summary>
    /// <param name="role">The role of the attesting side.</param>
    /// <param name="challenge">What the other side drew: the sender's nonce for a receiver's document, the receiver's for a sender's.</param>
    public byte[] Nonce(HandoverRole role, ReadOnlySpan<byte> challenge)
    {
        // The lengths are fixed by the role: two inputs of one role never run into each other.
        Invariant.Require(challenge.Length == (role == HandoverRole.Receiver ? Limits.NonceBytes : Limits.HandoverNonceBytes));
        var input = new byte[Domain.Length + TermsBytes + challenge.Length];
        Domain.CopyTo(input);
        var rest = input.AsSpan(Domain.Length);
        BinaryPrimitives.WriteUInt64BigEndian(rest, Chain.ChainId);
        Chain.KmsRegistry.CopyTo(rest[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(rest[28..], Epoch.Value);
        Hash.CopyTo(rest[36..]);
        Receiver.CopyTo(rest[68..]);
        Sender.CopyTo(rest[88..]);
        rest[108] = (byte)role;
        challenge.CopyTo(rest[TermsBytes..]);
        return SHA256.HashData(input);
    }
}

/// <summary>Which side of a handover attests; part of what its document binds.</summary>
internal enum HandoverRole : byte
{
    /// <summary>Asks for the secret.</summary>
    Receiver = 1,

    /// <summary>Holds the secret.</summary>
    Sender = 2,
}

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

using System.Buffers.Binary;
using System.Security.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handover;

/// <summary>What one handover is about; both sides' attestation documents bind it (docs/spec/peer-protocol-handover.md).</summary>
internal sealed record HandoverTerms(ChainIdentity Chain, Epoch Epoch, Bytes32 Hash, WalletAddress Receiver, WalletAddress Sender)
{
    public const int UserDataBytes = WalletAddress.Size + Bytes32.Size;

    private static ReadOnlySpan<byte> Domain => "nova-kms:handover:1"u8;

    /// <summary>
    /// <c>user_data</c> of one side: its wallet ‖ SHA-256(domain ‖ chain id (8, big-endian) ‖ contract (20) ‖ epoch (8) ‖ hash (32)
    /// ‖ receiver (20) ‖ sender (20) ‖ role (1)).
    /// </summary>
    public byte[] UserData(HandoverRole role)
    {
        var input = new byte[Domain.Length + 8 + WalletAddress.Size + 8 + Bytes32.Size + (2 * WalletAddress.Size) + 1];
        Domain.CopyTo(input);
        var rest = input.AsSpan(Domain.Length);
        BinaryPrimitives.WriteUInt64BigEndian(rest, Chain.ChainId);
        Chain.KmsRegistry.CopyTo(rest[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(rest[28..], Epoch.Value);
        Hash.CopyTo(rest[36..]);
        Receiver.CopyTo(rest[68..]);
        Sender.CopyTo(rest[88..]);
        rest[108] = (byte)role;
        Invariant.Require(rest.Length == 109);

        var userData = new byte[UserDataBytes];
        (role == HandoverRole.Receiver ? Receiver : Sender).CopyTo(userData);
        SHA256.HashData(input, userData.AsSpan(WalletAddress.Size));
        return userData;
    }
}

using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Node.Handover;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Properties.Node;

/// <summary>Handover messages on the wire: one form each, nothing left over, noise refused.</summary>
public sealed class HandoverMessageTests
{
    [Property]
    public void A_request_decodes_to_what_was_encoded(ulong epoch, byte first, byte[] document)
    {
        var request = Request(epoch, first, document);

        HandoverRequest.TryParse(request.Encode(), out var read).ShouldBeTrue();

        read!.Epoch.ShouldBe(request.Epoch);
        read.Hash.ShouldBe(request.Hash);
        read.Nonce.ToArray().ShouldBe(request.Nonce.ToArray());
        read.Challenge.ToArray().ShouldBe(request.Challenge.ToArray());
        read.Attestation.ToArray().ShouldBe(request.Attestation.ToArray());
        read.Encode().ShouldBe(request.Encode());
    }

    [Property]
    public void An_answer_decodes_to_what_was_encoded(byte first, byte[] document)
    {
        var answer = Answer(first, document);

        HandoverAnswer.TryParse(answer.Encode(), out var read).ShouldBeTrue();

        read!.Attestation.ToArray().ShouldBe(answer.Attestation.ToArray());
        read.Sealed.ToArray().ShouldBe(answer.Sealed.ToArray());
    }

    [Property]
    public void No_truncation_or_extension_is_read(byte first, byte[] document, byte extra)
    {
        foreach (var whole in new[] { Request(7, first, document).Encode(), Answer(first, document).Encode() })
        {
            for (int length = 0; length < whole.Length; length++)
            {
                IsRead(whole[..length]).ShouldBeFalse();
            }

            IsRead([.. whole, extra]).ShouldBeFalse();
        }
    }

    [Property]
    public void Neither_message_is_read_as_the_other_and_noise_as_none(byte first, byte[] document, byte[] noise)
    {
        HandoverAnswer.TryParse(Request(7, first, document).Encode(), out _).ShouldBeFalse();
        HandoverRequest.TryParse(Answer(first, document).Encode(), out _).ShouldBeFalse();
        IsRead(noise).ShouldBeFalse();
    }

    private static bool IsRead(byte[] body) => HandoverRequest.TryParse(body, out _) || HandoverAnswer.TryParse(body, out _);

    private static HandoverRequest Request(ulong epoch, byte first, byte[] document) => new(
        Epoch.From((epoch % 1_000_000) + 1),
        Bytes32.From(Filled(Bytes32.Size, first)),
        Filled(Limits.HandoverNonceBytes, first),
        Filled(Limits.NonceBytes, first),
        Document(document));

    private static HandoverAnswer Answer(byte first, byte[] document) => new(Document(document), Filled(HandoverSeal.SealedBytes, first));

    private static byte[] Document(byte[] drawn) => [.. drawn, 1];

    private static byte[] Filled(int length, byte first)
    {
        var bytes = new byte[length];
        bytes[0] = first;
        bytes[^1] = 1;
        return bytes;
    }
}

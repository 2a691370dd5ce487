using FsCheck.Xunit;
using Kms.Core.Primitives;
using Kms.Core.Replication;

namespace Kms.Properties.Replication;

public sealed class ChannelCipherTests
{
    private static readonly byte[] Key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
    private static readonly byte[] Nonce = Enumerable.Range(50, 12).Select(i => (byte)i).ToArray();
    private static readonly Epoch Three = Epoch.From(3);
    private static readonly Bytes32 Binding = Bytes32.From(Enumerable.Repeat((byte)9, 32).ToArray());

    private static byte[] Sealed => ChannelCipher.Seal(Key, Three, Binding, ChannelDirection.Request, Nonce, "hello"u8);

    [Property]
    public void What_is_sealed_opens_in_its_place(byte[] message)
    {
        var body = ChannelCipher.Seal(Key, Three, Binding, ChannelDirection.Answer, Nonce, message);

        ChannelCipher.TryReadEpoch(body, out var epoch).ShouldBeTrue();
        epoch.ShouldBe(Three);
        ChannelCipher.TryOpen(Key, epoch, Binding, ChannelDirection.Answer, body, out var opened).ShouldBeTrue();
        opened.ShouldBe(message);
    }

    [Fact]
    public void It_opens_for_no_other_key_binding_direction_or_epoch()
    {
        var otherKey = Key.ToArray();
        otherKey[31] ^= 1;
        var otherBinding = Binding.ToArray();
        otherBinding[31] ^= 1;

        ChannelCipher.TryOpen(Key, Three, Binding, ChannelDirection.Request, Sealed, out _).ShouldBeTrue();
        ChannelCipher.TryOpen(otherKey, Three, Binding, ChannelDirection.Request, Sealed, out _).ShouldBeFalse();
        ChannelCipher.TryOpen(Key, Three, Bytes32.From(otherBinding), ChannelDirection.Request, Sealed, out _).ShouldBeFalse();
        ChannelCipher.TryOpen(Key, Three, Binding, ChannelDirection.Answer, Sealed, out _).ShouldBeFalse();
        ChannelCipher.TryOpen(Key, Epoch.From(4), Binding, ChannelDirection.Request, Sealed, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_epoch_is_sealed_too()
    {
        var body = Sealed;
        body[2].ShouldBe((byte)3);
        body[2] = 4;

        ChannelCipher.TryReadEpoch(body, out var epoch).ShouldBeTrue();
        ChannelCipher.TryOpen(Key, epoch, Binding, ChannelDirection.Request, body, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_body_with_any_bit_flipped_or_any_byte_missing_or_added_does_not_open()
    {
        for (int bit = 0; bit < Sealed.Length * 8; bit++)
        {
            var body = Sealed;
            body[bit / 8] ^= (byte)(1 << (bit % 8));
            bool opened = ChannelCipher.TryReadEpoch(body, out var epoch) && ChannelCipher.TryOpen(Key, epoch, Binding, ChannelDirection.Request, body, out _);
            opened.ShouldBeFalse($"bit {bit}");
        }

        for (int length = 0; length < Sealed.Length; length++)
        {
            ChannelCipher.TryReadEpoch(Sealed.AsMemory(0, length), out _).ShouldBeFalse();
        }

        ChannelCipher.TryReadEpoch((byte[])[.. Sealed, 0], out _).ShouldBeFalse();
    }
}

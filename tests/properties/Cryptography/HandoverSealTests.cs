using FsCheck;
using FsCheck.Xunit;
using Kms.Core.Cryptography;
using Kms.Core.Secrets;

namespace Kms.Properties.Cryptography;

public class HandoverSealTests
{
    [Property(MaxTest = 30)]
    public void A_sealed_secret_opens_for_its_receiver_over_the_same_transcript(byte[] transcript)
    {
        using var world = new World();
        HandoverSeal.TryOpen(world.Seal(transcript), world.Receiver, world.Sender.PublicKey, transcript, out var opened).ShouldBeTrue();
        using (opened)
        {
            opened!.Hash.ShouldBe(world.Secret.Hash);
        }
    }

    [Property(MaxTest = 30)]
    public void It_never_opens_over_another_transcript(byte[] transcript, byte extra)
    {
        using var world = new World();
        HandoverSeal.TryOpen(world.Seal(transcript), world.Receiver, world.Sender.PublicKey, [.. transcript, extra], out var opened).ShouldBeFalse();
        opened.ShouldBeNull();
    }

    [Property(MaxTest = 60)]
    public void It_never_opens_with_a_flipped_bit_or_another_length(DoNotSize<uint> position)
    {
        using var world = new World();
        var bytes = world.Seal([1]);
        HandoverSeal.TryOpen(bytes.AsSpan(0, bytes.Length - 1), world.Receiver, world.Sender.PublicKey, [1], out _).ShouldBeFalse();
        HandoverSeal.TryOpen([.. bytes, 0], world.Receiver, world.Sender.PublicKey, [1], out _).ShouldBeFalse();
        int bit = (int)(position.Item % (uint)(bytes.Length * 8));
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        HandoverSeal.TryOpen(bytes, world.Receiver, world.Sender.PublicKey, [1], out _).ShouldBeFalse();
    }

    [Fact]
    public void It_opens_for_nobody_else_and_not_in_the_other_direction()
    {
        using var world = new World();
        using var mallory = Keys.Tee(77);
        var bytes = world.Seal([1]);
        HandoverSeal.TryOpen(bytes, mallory, world.Sender.PublicKey, [1], out _).ShouldBeFalse();
        HandoverSeal.TryOpen(bytes, world.Receiver, mallory.PublicKey, [1], out _).ShouldBeFalse();
        HandoverSeal.TryOpen(bytes, world.Sender, world.Receiver.PublicKey, [1], out _).ShouldBeFalse("reflected to its sender");
    }

    [Fact]
    public void The_wire_bytes_hold_no_secret_and_never_repeat()
    {
        using var world = new World();
        var bytes = world.Seal([1]);
        bytes.Length.ShouldBe(HandoverSeal.SealedBytes);
        bytes.AsSpan().IndexOf(Keys.Filled(0x42, 8)).ShouldBe(-1);
        world.Seal([1]).ShouldNotBe(bytes);
    }

    private sealed class World : IDisposable
    {
        private readonly NodeRandom _random = Keys.Random(9);

        public TeePrivateKey Sender { get; } = Keys.Tee(1);

        public TeePrivateKey Receiver { get; } = Keys.Tee(2);

        public MasterSecret Secret { get; } = Keys.Secret(0x42);

        public byte[] Seal(byte[] transcript) => HandoverSeal.Seal(Secret, Sender, Receiver.PublicKey, transcript, _random);

        public void Dispose()
        {
            Sender.Dispose();
            Receiver.Dispose();
            Secret.Dispose();
            _random.Dispose();
        }
    }
}

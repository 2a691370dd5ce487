using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Properties.Vectors;

namespace Kms.Properties.Cryptography;

public class EciesTests
{
    [Fact]
    public void Every_vector_seals_to_the_same_bytes_and_opens()
    {
        foreach (var vector in VectorFile.Cases("odyn-envelope.json").Concat(VectorFile.Cases("capsule-envelope.json")))
        {
            // The older file is of the time in which there was one scheme.
            EnvelopeScheme.TryFind(vector.TryGetProperty("scheme", out var name) ? name.GetString() : EnvelopeScheme.All[0].Name, out var scheme).ShouldBeTrue();
            using var sender = Import(vector.Hex("sender_private_pkcs8"));
            using var receiver = Import(vector.Hex("receiver_private_pkcs8"));
            sender.PublicKey.ToSpki().ShouldBe(vector.Hex("sender_public_spki"));
            receiver.PublicKey.ToSpki().ShouldBe(vector.Hex("receiver_public_spki"));

            var x = new byte[TeePrivateKey.ScalarBytes];
            receiver.Agree(sender.PublicKey, x);
            x.ShouldBe(vector.Hex("ecdh_x"));

            using var sealing = new Ecies(sender, maxPeers: 1, scheme);
            using var opening = new Ecies(receiver, maxPeers: 1, scheme);
            var plaintext = Encoding.UTF8.GetBytes(vector.Text("plaintext"));
            var envelope = sealing.Seal(plaintext, receiver.PublicKey, vector.Hex("nonce"));
            envelope.Ciphertext.ToArray().ShouldBe(vector.Hex("encrypted_data"));
            opening.TryOpen(envelope, out var opened).ShouldBeTrue();
            opened.ShouldBe(plaintext);
        }
    }

    [Fact]
    public void Every_scheme_has_vectors_and_none_opens_what_another_sealed()
    {
        VectorFile.Cases("capsule-envelope.json").Select(vector => vector.Text("scheme")).Distinct().ShouldBe(EnvelopeScheme.All.Select(scheme => scheme.Name));
        using var alice = Keys.Tee(1);
        using var bob = Keys.Tee(2);
        foreach (var seals in EnvelopeScheme.All)
        {
            using var sealing = new Ecies(alice, maxPeers: 1, seals);
            var envelope = sealing.Seal([1, 2, 3], bob.PublicKey, Nonce(false));
            var opened = EnvelopeScheme.All.Where(scheme =>
            {
                using var opening = new Ecies(bob, maxPeers: 1, scheme);
                return opening.TryOpen(envelope, out _);
            });
            opened.ShouldBe([seals]);
        }
    }

    [Property(MaxTest = 50)]
    public void What_is_sealed_opens_to_the_same_bytes(byte[] plaintext, bool longNonce)
    {
        using var pair = new Pair();
        var envelope = pair.Alice.Seal(plaintext, pair.BobKey.PublicKey, Nonce(longNonce));
        pair.Bob.TryOpen(envelope, out var opened).ShouldBeTrue();
        opened.ShouldBe(plaintext);
    }

    [Property(MaxTest = 50)]
    public void A_flipped_bit_of_ciphertext_or_iv_never_opens(byte[] plaintext, DoNotSize<uint> position)
    {
        using var pair = new Pair();
        var envelope = pair.Alice.Seal(plaintext, pair.BobKey.PublicKey, Nonce(false));
        byte[] wire = [.. envelope.Nonce.Span, .. envelope.Ciphertext.Span];
        int bit = (int)(position.Item % (uint)(wire.Length * 8));
        wire[bit / 8] ^= (byte)(1 << (bit % 8));
        pair.Bob.TryOpen(new OdynEnvelope(envelope.Sender, wire.AsMemory(0, 12), wire.AsMemory(12)), out var opened).ShouldBeFalse();
        opened.ShouldBeEmpty();
    }

    [Property(MaxTest = 50)]
    public void A_truncated_or_extended_envelope_never_opens(byte[] plaintext, byte cut)
    {
        using var pair = new Pair();
        var envelope = pair.Alice.Seal(plaintext, pair.BobKey.PublicKey, Nonce(true));
        int keep = cut % envelope.Ciphertext.Length;
        pair.Bob.TryOpen(envelope with { Ciphertext = envelope.Ciphertext[..keep] }, out _).ShouldBeFalse();
        pair.Bob.TryOpen(envelope with { Ciphertext = (byte[])[.. envelope.Ciphertext.Span, cut] }, out _).ShouldBeFalse();
    }

    [Fact]
    public void An_envelope_that_names_another_sender_never_opens()
    {
        using var pair = new Pair();
        using var mallory = Keys.Tee(3);
        var envelope = pair.Alice.Seal([1, 2, 3], pair.BobKey.PublicKey, Nonce(false));
        pair.Bob.TryOpen(envelope with { Sender = mallory.PublicKey }, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(31)]
    [InlineData(33)]
    public void Nonces_of_other_lengths_are_refused(int length)
    {
        using var pair = new Pair();
        Should.Throw<ArgumentException>(() => pair.Alice.Seal([1], pair.BobKey.PublicKey, new byte[length]));
        var envelope = pair.Alice.Seal([1], pair.BobKey.PublicKey, Nonce(false));
        pair.Bob.TryOpen(envelope with { Nonce = new byte[length] }, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_key_cache_is_bounded_and_eviction_changes_no_answer()
    {
        using var own = Keys.Tee(1);
        using var exchange = new Ecies(own, maxPeers: 2);
        for (int round = 0; round < 2; round++)
        {
            for (byte peer = 10; peer < 15; peer++)
            {
                using var peerKey = Keys.Tee(peer);
                using var peerExchange = new Ecies(peerKey, maxPeers: 1);
                exchange.TryOpen(peerExchange.Seal([peer], own.PublicKey, Nonce(true)), out var opened).ShouldBeTrue();
                opened.ShouldBe([peer]);
                exchange.CachedPeers.ShouldBeLessThanOrEqualTo(2);
            }
        }

        exchange.CachedPeers.ShouldBe(2);
    }

    [Fact]
    public void A_disposed_exchange_opens_nothing()
    {
        using var pair = new Pair();
        var envelope = pair.Alice.Seal([1], pair.BobKey.PublicKey, Nonce(false));
        pair.Bob.Dispose();
        Should.Throw<ObjectDisposedException>(() => pair.Bob.TryOpen(envelope, out _));
    }

    private static byte[] Nonce(bool isLong) => Enumerable.Range(1, isLong ? 32 : 12).Select(i => (byte)i).ToArray();

    private static TeePrivateKey Import(byte[] pkcs8)
    {
        TeePrivateKey.TryImportPkcs8(pkcs8, out var key).ShouldBeTrue();
        return key!;
    }

    private sealed class Pair : IDisposable
    {
        private readonly TeePrivateKey _aliceKey = Keys.Tee(1);

        public Pair()
        {
            Alice = new Ecies(_aliceKey, maxPeers: 4);
            Bob = new Ecies(BobKey, maxPeers: 4);
        }

        public TeePrivateKey BobKey { get; } = Keys.Tee(2);

        public Ecies Alice { get; }

        public Ecies Bob { get; }

        public void Dispose()
        {
            Alice.Dispose();
            Bob.Dispose();
            _aliceKey.Dispose();
            BobKey.Dispose();
        }
    }
}

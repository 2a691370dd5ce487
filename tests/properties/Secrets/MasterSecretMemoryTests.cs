using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Secrets;

/// <summary>One copy of a master secret in the process while it is held and used, none after (design §10).</summary>
[Collection(nameof(MasterSecretMemoryTests))]
[CollectionDefinition(nameof(MasterSecretMemoryTests), DisableParallelization = true)]
public class MasterSecretMemoryTests
{
    [Fact]
    public void A_secret_is_in_memory_once_while_held_and_never_after()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var masked = new byte[MasterSecret.Size];
        var secret = GenerateAndUse(masked);
        ScrubStack(64);
        OwnMemory.Count(masked).ShouldBe(1);

        secret.Dispose();
        ScrubStack(64);
        OwnMemory.Count(masked).ShouldBe(0);
    }

    [Fact]
    public void The_search_finds_copies_that_are_there()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var masked = new byte[MasterSecret.Size];
        RandomNumberGenerator.Fill(masked);
        var copies = GC.AllocateArray<byte>(3 * 64, pinned: true);
        for (int copy = 0; copy < 3; copy++)
        {
            for (int i = 0; i < masked.Length; i++)
            {
                copies[(copy * 64) + i] = (byte)(masked[i] ^ OwnMemory.Mask);
            }
        }

        OwnMemory.Count(masked).ShouldBe(3);
        GC.KeepAlive(copies);
    }

    // Its own frame, so that no register or stack slot of the test holds what it touched.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MasterSecret GenerateAndUse(Span<byte> masked)
    {
        using var random = new NodeRandom(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        using var sender = random.NextTeeKey();
        using var receiver = random.NextTeeKey();
        var secret = MasterSecret.Generate(random);
        Span<byte> key = stackalloc byte[32];
        for (int i = 0; i < 50; i++)
        {
            KeyDerivation.DeriveApp(secret, AppId.From(1), Epoch.From(1), new DerivationInput("p", "", 1), key);
            var bytes = HandoverSeal.Seal(secret, sender, receiver.PublicKey, [1], random);
            HandoverSeal.TryOpen(bytes, receiver, sender.PublicKey, [1], out var opened).ShouldBeTrue();
            opened!.Hash.ShouldBe(secret.Hash);
            opened.Dispose();
        }

        secret.CopyTo(masked, SecretKeyAccess.Hashing);
        for (int i = 0; i < masked.Length; i++)
        {
            masked[i] ^= OwnMemory.Mask;
        }

        return secret;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ScrubStack(int depth)
    {
        Span<byte> frame = stackalloc byte[512];
        frame.Fill((byte)depth);
        return depth == 0 ? frame[17] : ScrubStack(depth - 1) + frame[3];
    }
}

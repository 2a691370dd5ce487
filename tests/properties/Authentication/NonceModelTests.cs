using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Primitives;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Authentication;

/// <summary>Nonces against the simplest thing that could be right: a list of what was issued and a set of what was used.</summary>
public sealed class NonceModelTests
{
    private static readonly WalletAddress[] Wallets =
    [
        WalletAddress.From(Keys.Filled(1, 20)), WalletAddress.From(Keys.Filled(2, 20)), WalletAddress.From(Keys.Filled(3, 20)),
    ];

    [Property(MaxTest = 300)]
    public void Any_history_of_issue_check_consume_and_time_agrees_with_the_model(byte[] steps)
    {
        var clock = new ManualClock();
        using var random = Keys.Random(1);
        using var nonces = new Nonces(clock, random);
        var issued = new List<(string Text, TimeSpan At)>();
        var used = new HashSet<int>();
        var usedBy = new Dictionary<int, WalletAddress>();
        var held = new List<(int Index, Nonce Nonce)>();

        foreach (byte step in steps ?? [])
        {
            int argument = step / 5;
            switch (step % 5)
            {
                case 0:
                    issued.Add((nonces.Issue(), clock.Elapsed));
                    break;
                case 1:
                    // Half a life at most steps, so that histories cross the expiry exactly.
                    clock.AdvanceMs(argument % 2 == 0 ? Limits.NonceLifeMs / 2 : 1);
                    break;
                case 2 when issued.Count > 0:
                    int at = argument % issued.Count;
                    var check = nonces.Check(issued[at].Text, out var nonce);
                    check.ShouldBe(IsAlive(issued[at].At) ? NonceCheck.Ok : NonceCheck.Expired);
                    if (nonce is not null)
                    {
                        held.Add((at, nonce));
                    }

                    break;
                case 3 or 4 when held.Count > 0:
                    // Consumed some time after it was checked, as when a request waits for the chain.
                    var (index, candidate) = held[argument % held.Count];
                    var wallet = Wallets[argument % Wallets.Length];
                    var expected = !IsAlive(issued[index].At) ? NonceConsumption.Expired
                        : used.Contains(index) ? NonceConsumption.Replayed
                        : NonceConsumption.Consumed;
                    nonces.Consume(candidate, wallet).ShouldBe(expected);
                    if (expected == NonceConsumption.Consumed)
                    {
                        used.Add(index);
                        usedBy[index] = wallet;
                    }

                    break;
            }

            var alive = used.Where(one => IsAlive(issued[one].At)).ToList();
            nonces.ConsumedCount.ShouldBe(alive.Count);
            foreach (var wallet in Wallets)
            {
                nonces.Left(wallet).ShouldBe(Limits.MaxConsumedNoncesPerWallet - alive.Count(one => usedBy[one] == wallet));
            }
        }

        bool IsAlive(TimeSpan issuedAt) => (clock.Elapsed - issuedAt).TotalMilliseconds < Limits.NonceLifeMs;
    }

    [Property]
    public void A_nonce_with_any_bit_changed_is_not_ours(uint bit)
    {
        var clock = new ManualClock();
        using var random = Keys.Random(1);
        using var nonces = new Nonces(clock, random);
        var bytes = Convert.FromBase64String(nonces.Issue());
        bytes[bit / 8 % bytes.Length] ^= (byte)(1 << (int)(bit % 8));
        nonces.Check(Convert.ToBase64String(bytes), out var nonce).ShouldBe(NonceCheck.NotOurs);
        nonce.ShouldBeNull();
    }

    [Property]
    public void No_text_but_an_issued_one_is_accepted(string text)
    {
        using var random = Keys.Random(1);
        using var nonces = new Nonces(new ManualClock(), random);
        nonces.Check(text ?? string.Empty, out var nonce).ShouldBe(NonceCheck.Malformed);
        nonce.ShouldBeNull();
    }

    [Fact]
    public void A_flood_of_issued_nonces_evicts_nobody_and_costs_no_memory()
    {
        var clock = new ManualClock();
        using var random = Keys.Random(1);
        using var nonces = new Nonces(clock, random);
        var mine = nonces.Issue();
        nonces.Check(mine, out var parsed).ShouldBe(NonceCheck.Ok);
        nonces.Consume(parsed!, Wallets[0]).ShouldBe(NonceConsumption.Consumed);
        var distinct = new HashSet<string>();
        for (int i = 0; i < 20_000; i++)
        {
            distinct.Add(nonces.Issue()).ShouldBeTrue();
        }

        nonces.ConsumedCount.ShouldBe(1);
        nonces.Consume(parsed!, Wallets[0]).ShouldBe(NonceConsumption.Replayed);
    }

    [Fact]
    public void A_wallet_is_capped_without_touching_others_and_the_whole_is_capped_too()
    {
        using var random = Keys.Random(1);
        using var nonces = new Nonces(new ManualClock(), random);
        int wallets = Limits.MaxConsumedNonces / Limits.MaxConsumedNoncesPerWallet;
        for (int wallet = 1; wallet <= wallets; wallet++)
        {
            for (int i = 0; i < Limits.MaxConsumedNoncesPerWallet; i++)
            {
                Consume(nonces, Wallet(wallet)).ShouldBe(NonceConsumption.Consumed);
            }

            Consume(nonces, Wallet(wallet)).ShouldBe(NonceConsumption.WalletLimit);
        }

        Consume(nonces, Wallet(wallets + 1)).ShouldBe(NonceConsumption.GlobalLimit);
    }

    [Fact]
    public void Nonces_of_one_boot_mean_nothing_to_the_next()
    {
        var clock = new ManualClock();
        using var random = Keys.Random(1);
        using var first = new Nonces(clock, random);
        using var second = new Nonces(clock, random);
        second.Check(first.Issue(), out _).ShouldBe(NonceCheck.NotOurs);
    }

    private static NonceConsumption Consume(Nonces nonces, WalletAddress wallet)
    {
        nonces.Check(nonces.Issue(), out var nonce).ShouldBe(NonceCheck.Ok);
        return nonces.Consume(nonce!, wallet);
    }

    private static WalletAddress Wallet(int number)
    {
        var bytes = new byte[20];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return WalletAddress.From(bytes);
    }
}

using Kms.Core.Attestation;
using Kms.Core.Membership;
using Kms.Core.Registry;
using Kms.Devnet.Attestation;
using Kms.Sim.Enclave;

namespace Kms.Sim.Components;

/// <summary>Cached authority while the head moves (finding H6).</summary>
internal static class RegistryComponents
{
    private static readonly DateTimeOffset DocumentTime = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly VerifiedAttestation Document = Mint();

    /// <summary>Facts are of the blocks they name, and a question after an accepted head sees at least that head.</summary>
    public static async Task FlipWhileReadingAsync(ComponentRun run)
    {
        var chain = new ComponentChain(11 + (ulong)run.Random.Below(3), (ulong)DocumentTime.ToUnixTimeSeconds(), run.Random.Chance(0.5));
        var time = new TrustedTime(run.Clock);
        time.Set(Document, run.Clock.Elapsed);
        var heads = new ChainWatch(chain, run.Clock, time, Kms.Core.Limits.ChainStaleAfterMs, default);
        var cache = new RegistryCache(chain, heads, capacity: 2, default);
        var wallet = run.NewWallet("app");
        bool forks = run.Random.Chance(0.3);
        heads.OnDeepReorg = (_, _) =>
        {
            run.Sometimes("deep reorg");
            cache.Clear();
        };
        Func<Task> read = async () =>
        {
            for (int i = 0; i < 2; i++)
            {
                var accepted = heads.Heads;
                var answer = await cache.ReadWalletAsync(wallet, default);
                if (!answer.TryGet(out var facts))
                {
                    run.Sometimes($"read failed: {answer.Failure}");
                    continue;
                }

                run.Note("reader", $"{facts.AtLatest.At.Number} {facts.AtLatest.Instance!.Status}");
                Check(run, chain, facts.AtFinal);
                Check(run, chain, facts.AtLatest);
                bool older = !forks && accepted is not null && (facts.AtLatest.At.Number < accepted.Latest.Number || facts.AtFinal.At.Number < accepted.Final.Number);
                run.Require(!older, "NoStaleAuthority", $"asked at {accepted?.Latest}, answered at {facts.AtLatest.At}");
            }
        };
        Func<Task> flip = async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                chain.Head++;
                chain.ForkedFrom = forks && i == 1 ? chain.Head - (ulong)run.Random.Below(3) : chain.ForkedFrom;
                await heads.RefreshAsync();
            }
        };
        Func<Task> crowd = async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await cache.ReadWalletAsync(run.NewWallet($"stranger {i}"), default);
            }
        };
        await ComponentRun.TogetherAsync(read, read, flip, crowd);
        run.Require(cache.Count <= 2, "BoundedState", $"{cache.Count} wallets in a cache for two");
        var last = await cache.ReadWalletAsync(wallet, default);
        if (last.TryGet(out var now))
        {
            Check(run, chain, now.AtLatest);
        }
    }

    private static void Check(ComponentRun run, ComponentChain chain, WalletFacts facts)
    {
        bool stopped = facts.Instance!.Status == InstanceStatus.Stopped;
        run.Sometimes(stopped ? "seen revoked" : "seen active");
        run.Require(stopped == chain.IsRevokedAt(facts.At.Number), "NoStaleAuthority", $"facts of block {facts.At} are another block's");
    }

    private static VerifiedAttestation Mint()
    {
        var nonce = new byte[32];
        var document = SimHypervisor.Shared.Mint(
            SimHypervisor.Claims(new AttestedFields(nonce, null, default), SimHypervisor.Registers(1), DocumentTime, AttestedKeyForm.Spki));
        return new AttestationVerifier(SimHypervisor.Shared.Root).VerifyOwn(document, nonce).TryGet(out var verified)
            ? verified
            : throw new InvalidOperationException("the simulated hypervisor minted garbage");
    }
}

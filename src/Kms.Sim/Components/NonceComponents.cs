using System.Globalization;
using Kms.Core;
using Kms.Core.Authentication;

namespace Kms.Sim.Components;

/// <summary>Nonces under callers who all want the same one.</summary>
internal static class NonceComponents
{
    /// <summary>Of any number of callers with one nonce, one consumes it, however late the others come.</summary>
    public static async Task ConsumeTogetherAsync(ComponentRun run)
    {
        using var nonces = new Nonces(run.Clock, run.NewNodeRandom("n0"));
        var wallet = run.NewWallet("app");
        var text = nonces.Issue();
        int consumed = 0;
        Action consume = () =>
        {
            if (nonces.Check(text, out var nonce) != NonceCheck.Ok)
            {
                run.Sometimes("refused by age");
                return;
            }

            var verdict = nonces.Consume(nonce!, wallet);
            run.Note("caller", verdict.ToString());
            run.Sometimes(verdict.ToString());
            consumed += verdict == NonceConsumption.Consumed ? 1 : 0;
        };
        Action pass = () => run.Clock.Jump(TimeSpan.FromMilliseconds(Limits.NonceLifeMs - 1 + run.Random.Below(2)));
        Action look = () => run.Require(nonces.Left(wallet) >= Limits.MaxConsumedNoncesPerWallet - 1, "BoundedState", "one nonce, counted more than once");
        await ComponentRun.TogetherAsync(consume, consume, consume, pass, look, () => run.Note("other", nonces.ConsumedCount.ToString(CultureInfo.InvariantCulture)));
        run.Require(consumed <= 1, "NoForgeryAccepted", $"one nonce was consumed {consumed} times");
        run.Clock.Jump(TimeSpan.FromMilliseconds(Limits.NonceLifeMs));
        run.Require(nonces.ConsumedCount == 0, "BoundedState", "an expired nonce is still kept");
    }
}

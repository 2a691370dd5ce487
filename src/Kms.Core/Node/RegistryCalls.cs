using Kms.Core.Audit;
using Kms.Core.Cryptography;
using Kms.Core.Node.Chain;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>What this node does on the chain: generates and proposes, confirms, asks to be listed, and follows its transactions.</summary>
internal sealed class RegistryCalls(Settlement settlement, Transactor transactor, SecretRing secrets, NodeRandom random, AuditLog audit)
{
    /// <returns>True when something is left that a later turn should try again soon.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        if (!settlement.MayAct(out var view))
        {
            return await ListSelfAsync(stop);
        }

        await transactor.RefreshAsync(view, stop);
        for (int round = 0; round < Settlement.MaxRounds; round++)
        {
            if (!settlement.MayAct(out view))
            {
                return true;
            }

            bool progress = false;
            bool failed = false;
            foreach (var decision in settlement.Decide(view).Where(StillHolds))
            {
                bool? done = await CarryOutAsync(decision, stop);
                progress |= done == true;
                failed |= done == false;
            }

            settlement.Settle();
            if (!progress)
            {
                return failed;
            }
        }

        return true;
    }

    private async Task<bool> ListSelfAsync(CancellationToken stop)
    {
        if (!settlement.IsUnlisted(out var view))
        {
            return false;
        }

        await transactor.RefreshAsync(view, stop);
        return (await transactor.ListSelfAsync(stop)).Failure is not null;
    }

    /// <summary>Decisions before this one took their time: what the chain took away meanwhile is not done any more.</summary>
    private bool StillHolds(SecretDecision decision) => settlement.MayAct(out var now) && settlement.Decide(now).Contains(decision);

    /// <returns>Null when there was nothing to do.</returns>
    private async Task<bool?> CarryOutAsync(SecretDecision decision, CancellationToken stop)
    {
        switch (decision)
        {
            case SecretDecision.Generate generate:
                return Generate(generate.Epoch);
            case SecretDecision.Propose propose:
                var proposed = await transactor.ProposeAsync(propose.Epoch, propose.Hash, stop);
                if (proposed.Failure == ChainFailure.Rejected)
                {
                    secrets.CountRejection(propose.Epoch, propose.Hash);
                }

                return Progress(proposed);
            case SecretDecision.Confirm confirm:
                return Progress(await transactor.ConfirmAsync(confirm.ProposalId, confirm.Epoch, confirm.Hash, stop));
            default:
                return null;
        }
    }

    private static bool? Progress(Result<CallProgress, ChainFailure> call) =>
        !call.TryGet(out var progress) ? false : progress == CallProgress.Made ? true : null;

    private bool Generate(Epoch epoch)
    {
        var secret = MasterSecret.Generate(random);
        var hash = secret.Hash;
        bool installed = secrets.TryInstall(epoch, hash, secret);
        audit.Record(AuditKind.SecretGenerated, $"epoch {epoch} hash {hash} kept {installed}");
        return installed;
    }
}

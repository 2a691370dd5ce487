using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Chain;

/// <summary>
/// Sends the node's two kinds of registry call and remembers each until the final view has settled it: mined at or below the
/// final head, its nonce used by another of ours there, or its statement past its deadline there.
/// </summary>
internal sealed class Transactor(IChain chain, BoundedOdyn odyn, WalletAddress self, IClock clock, TrustedTime time, AuditLog audit)
{
    private readonly List<PendingCall> _pending = [];
    private readonly object _gate = new();
    private UnfundedNotice? _unfunded;

    /// <summary>Set while the wallet cannot pay for a call that it should make.</summary>
    public UnfundedNotice? Unfunded
    {
        get
        {
            lock (_gate)
            {
                return _unfunded;
            }
        }
    }

    public IReadOnlyList<MinableCall> Minable
    {
        get
        {
            lock (_gate)
            {
                return [.. _pending.Select(call => new MinableCall(call.SecretHash, call.ProposalId, MayRepeat(call)))];
            }
        }
    }

    /// <summary>Makes the call. False when the registry would not take it.</summary>
    public async Task<ChainFailure?> SendAsync(RegistryCall call, Epoch epoch, Bytes32 hash, CancellationToken cancel)
    {
        ulong proposalId = call is RegistryCall.Confirm confirm ? confirm.ProposalId : 0;
        lock (_gate)
        {
            if (_pending.Count >= Limits.MaxPendingCalls)
            {
                return ChainFailure.Unavailable;
            }
        }

        var prepared = await chain.PrepareAsync(call, self, cancel);
        if (!prepared.TryGet(out var transaction))
        {
            if (prepared.Failure == ChainFailure.Unfunded)
            {
                await StateAsync(epoch, hash, proposalId, cancel);
            }

            return prepared.Failure;
        }

        Settled();
        var answer = await odyn.SignTransactionAsync(transaction, cancel);
        if (!answer.TryGet(out byte[]? signed))
        {
            return ChainFailure.Unavailable;
        }

        // Remembered before it is sent: an answer that is lost must not make it forgotten.
        var pending = new PendingCall
        {
            IsProposal = proposalId == 0,
            SecretHash = hash,
            ProposalId = proposalId,
            Transaction = transaction,
            Signed = signed,
            TransactionHash = Keccak256.Hash(signed),
            MadeAt = clock.Elapsed,
        };
        lock (_gate)
        {
            _pending.Add(pending);
        }

        audit.Record(pending.IsProposal ? "secret_proposed" : "secret_confirmed", $"epoch {epoch} hash {hash} proposal {proposalId} transaction {pending.TransactionHash}");
        return await SubmitAsync(pending, cancel);
    }

    /// <summary>Looks at what became of the calls; sends unmined transactions again, a bounded number of times.</summary>
    public async Task RefreshAsync(ChainView view, CancellationToken cancel)
    {
        PendingCall[] calls;
        lock (_gate)
        {
            calls = [.. _pending];
        }

        foreach (var call in calls)
        {
            if (call.Transaction is null)
            {
                continue;
            }

            var found = await chain.FindReceiptAsync(call.TransactionHash, cancel);
            if (!found.TryGet(out var receipt))
            {
                continue;
            }

            call.MinedAt = receipt?.BlockNumber;
            bool again = receipt is null && call.Sendings < Limits.MaxSendings
                && clock.Elapsed - call.LastSentAt >= TimeSpan.FromMilliseconds(Limits.ResendAfterMs);
            if (again)
            {
                await SubmitAsync(call, cancel);
            }
        }

        lock (_gate)
        {
            var final = view.Final;
            var spentNonces = _pending
                .Where(call => call.MinedAt <= final.Number)
                .Select(call => call.Transaction!.Nonce)
                .ToHashSet();
            _pending.RemoveAll(call => call.Transaction is { } transaction
                ? spentNonces.Contains(transaction.Nonce)
                : final.TimestampSeconds > (ulong)call.DeadlineSeconds);
            if (!_pending.Exists(call => call.Transaction is null))
            {
                _unfunded = null;
            }
        }
    }

    /// <summary>After a deep reorg every block number that was noted is about another chain.</summary>
    public void ForgetReceipts()
    {
        lock (_gate)
        {
            foreach (var call in _pending)
            {
                call.MinedAt = null;
            }
        }
    }

    private async Task<ChainFailure?> SubmitAsync(PendingCall call, CancellationToken cancel)
    {
        call.Sendings++;
        call.LastSentAt = clock.Elapsed;
        var answer = await chain.SubmitAsync(call.Signed, cancel);
        if (answer.Failure is { } failure)
        {
            audit.Record("transaction_not_accepted", $"{call.TransactionHash}: {failure}");
        }

        return answer.Failure;
    }

    /// <summary>Signs the statement that somebody with ether can relay, unless one is in force.</summary>
    private async Task StateAsync(Epoch epoch, Bytes32 hash, ulong proposalId, CancellationToken cancel)
    {
        lock (_gate)
        {
            long nowSeconds = time.NowMs / 1000;
            if (_pending.Exists(call => call.Transaction is null && call.SecretHash == hash && call.ProposalId == proposalId
                && call.DeadlineSeconds - nowSeconds > Limits.StatementRenewBeforeSeconds))
            {
                return;
            }
        }

        long deadline = (time.NowMs / 1000) + Limits.StatementLifeSeconds;
        string statement = proposalId == 0
            ? RegistryStatement.Propose(chain.Identity, epoch, hash, deadline)
            : RegistryStatement.Confirm(chain.Identity, epoch, hash, proposalId, deadline);
        var signed = await odyn.SignMessageAsync(statement, self, cancel);
        if (!signed.TryGet(out var signature))
        {
            return;
        }

        lock (_gate)
        {
            _pending.Add(new PendingCall
            {
                IsProposal = proposalId == 0,
                SecretHash = hash,
                ProposalId = proposalId,
                DeadlineSeconds = deadline,
                MadeAt = clock.Elapsed,
            });
            _unfunded = new UnfundedNotice(self, statement, signature.ToString());
        }

        audit.Record("statement_signed", statement);
    }

    private void Settled()
    {
        lock (_gate)
        {
            _unfunded = null;
        }
    }

    /// <summary>A statement waits for others, so the node keeps trying by itself; a transaction gets time to be mined.</summary>
    private bool MayRepeat(PendingCall call) =>
        call.Transaction is null
        || (call.MinedAt is null && clock.Elapsed - call.MadeAt >= TimeSpan.FromMilliseconds(Limits.ReplaceCallAfterMs));
}

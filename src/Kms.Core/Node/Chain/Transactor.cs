using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node.Odyn;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Chain;

/// <summary>
/// Sends the node's registry calls and remembers each until the final view has settled it: mined at or below the final head, its
/// nonce used by another of ours there, or its statement past its deadline there.
/// </summary>
/// <remarks>
/// There is one nonce at a time, the account's at the latest block. Whatever the node wants now takes that nonce, with a higher
/// fee if something older of ours has it: a transaction that the network swallowed is in nobody's way, however long it lasted. What
/// this wallet sent before its node was started anew is not remembered: the network says that it pays more, and is outbid at once.
/// Each method is called for as long as its call is wanted, and sends the newest version again and again.
/// </remarks>
internal sealed class Transactor(IChain chain, BoundedOdyn odyn, WalletAddress self, IClock clock, TrustedTime time, AuditLog audit)
{
    private readonly List<PendingCall> _pending = [];
    private readonly object _gate = new();
    private UnfundedNotice? _unfunded;
    private ulong _latest;
    private int _nextReceipt;

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

    /// <summary>What may still be mined of proposals and confirmations.</summary>
    public IReadOnlyList<MinableCall> Minable
    {
        get
        {
            lock (_gate)
            {
                return [.. _pending.Where(call => call.Call is not RegistryCall.SyncOperator)
                    .Select(call => new MinableCall(call.SecretHash, call.ProposalId))];
            }
        }
    }

    public Task<Result<CallProgress, ChainFailure>> ProposeAsync(Epoch epoch, Bytes32 hash, CancellationToken cancel) =>
        SendAsync(new RegistryCall.Propose(hash, epoch), epoch, hash, cancel);

    public Task<Result<CallProgress, ChainFailure>> ConfirmAsync(ulong proposalId, Epoch epoch, Bytes32 hash, CancellationToken cancel) =>
        SendAsync(new RegistryCall.Confirm(proposalId, hash), epoch, hash, cancel);

    /// <summary>Asks for this node to be listed as an operator.</summary>
    public Task<Result<CallProgress, ChainFailure>> ListSelfAsync(CancellationToken cancel) => SendAsync(new RegistryCall.SyncOperator(self), default, default, cancel);

    /// <summary>Looks at what became of the calls, a bounded number of them each time.</summary>
    public async Task RefreshAsync(ChainView view, CancellationToken cancel)
    {
        foreach (var call in NextToLookAt())
        {
            var found = await chain.FindReceiptAsync(call.TransactionHash, cancel);
            if (found.TryGet(out var receipt))
            {
                call.MinedAt = receipt?.BlockNumber;
            }
        }

        lock (_gate)
        {
            _latest = view.Latest.Number;
            var final = view.Final;
            ulong? spent = _pending.Where(call => call.MinedAt <= final.Number).Max(call => call.Transaction?.Nonce);
            _pending.RemoveAll(call => call.Transaction is { } transaction
                ? transaction.Nonce <= spent
                : final.TimestampSeconds > (ulong)call.DeadlineSeconds);
            if (_unfunded is { Signature: not null } && !_pending.Exists(call => call.Transaction is null))
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
            _latest = 0;
            foreach (var call in _pending)
            {
                call.MinedAt = null;
            }
        }
    }

    /// <summary>Makes the call, or keeps it alive: sends its newest transaction again, or replaces it by one with a higher fee.</summary>
    /// <param name="hash">The secret that it is about; zero for none.</param>
    private async Task<Result<CallProgress, ChainFailure>> SendAsync(RegistryCall call, Epoch epoch, Bytes32 hash, CancellationToken cancel)
    {
        if (NewestOf(call) is { } newest)
        {
            var sinceSent = clock.Elapsed - newest.LastSentAt;
            var sinceMade = clock.Elapsed - newest.MadeAt;
            bool isDue = newest.IsUnderpriced || sinceMade >= TimeSpan.FromMilliseconds(Limits.ReplaceCallAfterMs);
            if (isDue && MayReplace(call))
            {
                var replaced = await MakeAsync(call, epoch, hash, cancel);
                return replaced.TryGet(out _) ? replaced : await AgainAsync(newest, cancel);
            }

            return sinceSent >= TimeSpan.FromMilliseconds(Limits.ResendAfterMs)
                ? await AgainAsync(newest, cancel)
                : Result<CallProgress, ChainFailure>.Ok(CallProgress.UnderWay);
        }

        return await MakeAsync(call, epoch, hash, cancel);
    }

    /// <summary>The newest transaction of the call that was not mined in a block that the decision to make it could see.</summary>
    private PendingCall? NewestOf(RegistryCall call)
    {
        lock (_gate)
        {
            return _pending.FindLast(one => one.Transaction is not null && one.Call == call && !(one.MinedAt <= _latest));
        }
    }

    private bool MayReplace(RegistryCall call)
    {
        lock (_gate)
        {
            return _pending.Count(one => one.Transaction is not null && one.Call == call) <= Limits.MaxReplacements;
        }
    }

    private async Task<Result<CallProgress, ChainFailure>> MakeAsync(RegistryCall call, Epoch epoch, Bytes32 hash, CancellationToken cancel)
    {
        ulong proposalId = call is RegistryCall.Confirm confirm ? confirm.ProposalId : 0;
        UnsignedTransaction[] underWay;
        lock (_gate)
        {
            if (_pending.Count >= Limits.MaxPendingCalls)
            {
                return Failed(ChainFailure.Unavailable);
            }

            underWay = [.. _pending.Select(one => one.Transaction).OfType<UnsignedTransaction>()];
        }

        var prepared = await chain.PrepareAsync(call, self, underWay, cancel);
        if (!prepared.TryGet(out var transaction))
        {
            if (prepared.Failure == ChainFailure.Unfunded)
            {
                await NoticeAsync(call, epoch, hash, proposalId, cancel);
            }

            return prepared.As<CallProgress>();
        }

        var answer = await odyn.SignTransactionAsync(transaction, cancel);
        if (!answer.TryGet(out byte[]? signed))
        {
            return Failed(ChainFailure.Unavailable);
        }

        // Remembered before it is sent: an answer that is lost must not make it forgotten.
        var pending = new PendingCall
        {
            Call = call,
            SecretHash = hash,
            ProposalId = proposalId,
            Transaction = transaction,
            Signed = signed,
            TransactionHash = Keccak256.Hash(signed),
            MadeAt = clock.Elapsed,
        };
        lock (_gate)
        {
            _unfunded = null;
            _pending.Add(pending);
        }

        audit.Record(KindOf(call), Describe(call, epoch, hash) + $" nonce {transaction.Nonce} transaction {pending.TransactionHash}");
        await SubmitAsync(pending, cancel);
        return Result<CallProgress, ChainFailure>.Ok(CallProgress.Made);
    }

    private static Result<CallProgress, ChainFailure> Failed(ChainFailure why) => Result<CallProgress, ChainFailure>.Fail(why);

    private async Task<Result<CallProgress, ChainFailure>> AgainAsync(PendingCall newest, CancellationToken cancel)
    {
        await SubmitAsync(newest, cancel);
        return Result<CallProgress, ChainFailure>.Ok(CallProgress.UnderWay);
    }

    private async Task SubmitAsync(PendingCall call, CancellationToken cancel)
    {
        call.LastSentAt = clock.Elapsed;
        var answer = await chain.SubmitAsync(call.Signed, cancel);
        call.IsUnderpriced = answer.Failure == ChainFailure.Underpriced;
        if (answer.Failure is { } failure)
        {
            audit.Record(AuditKind.TransactionNotAccepted, $"{call.TransactionHash}: {failure}");
        }
    }

    /// <summary>Transactions in turn, so that no number of them makes one look cost more than its bound.</summary>
    private PendingCall[] NextToLookAt()
    {
        lock (_gate)
        {
            PendingCall[] transactions = [.. _pending.Where(call => call.Transaction is not null)];
            int count = Math.Min(transactions.Length, Limits.MaxReceiptsPerTurn);
            PendingCall[] next = [.. Enumerable.Range(_nextReceipt, count).Select(i => transactions[i % transactions.Length])];
            _nextReceipt = transactions.Length == 0 ? 0 : (_nextReceipt + count) % transactions.Length;
            return next;
        }
    }

    /// <summary>Says what somebody with ether can do instead: relay a statement, signed unless one is in force, or make the call.</summary>
    private async Task NoticeAsync(RegistryCall call, Epoch epoch, Bytes32 hash, ulong proposalId, CancellationToken cancel)
    {
        if (call is RegistryCall.SyncOperator sync)
        {
            lock (_gate)
            {
                _unfunded ??= new UnfundedNotice(self, $"syncOperator({sync.Wallet})", null);
            }

            return;
        }

        lock (_gate)
        {
            long nowSeconds = time.NowMs / 1000;
            if (_pending.Exists(one => one.Transaction is null && one.Call == call
                && one.DeadlineSeconds - nowSeconds > Limits.StatementRenewBeforeSeconds))
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
                Call = call,
                SecretHash = hash,
                ProposalId = proposalId,
                DeadlineSeconds = deadline,
                MadeAt = clock.Elapsed,
            });
            _unfunded = new UnfundedNotice(self, statement, signature.ToString());
        }

        audit.Record(AuditKind.StatementSigned, statement);
    }

    private static AuditKind KindOf(RegistryCall call) => call switch
    {
        RegistryCall.Propose => AuditKind.SecretProposed,
        RegistryCall.Confirm => AuditKind.SecretConfirmed,
        RegistryCall.SyncOperator => AuditKind.ListingRequested,
        _ => throw new InvariantException($"no kind for {call.GetType().Name}"),
    };

    private static string Describe(RegistryCall call, Epoch epoch, Bytes32 hash) => call switch
    {
        RegistryCall.Propose => $"epoch {epoch} hash {hash}",
        RegistryCall.Confirm confirm => $"epoch {epoch} hash {hash} proposal {confirm.ProposalId}",
        _ => $"wallet {((RegistryCall.SyncOperator)call).Wallet}",
    };
}

/// <summary>How far a call is that has a transaction.</summary>
internal enum CallProgress
{
    /// <summary>The transaction was made now.</summary>
    Made,

    /// <summary>One that was made before is under way.</summary>
    UnderWay,
}

/// <summary>One transaction, or one signed statement, of ours that the chain may still take.</summary>
internal sealed class PendingCall
{
    public required RegistryCall Call { get; init; }

    /// <summary>The secret that it is about; zero for one that is about none.</summary>
    public required Bytes32 SecretHash { get; init; }

    /// <summary>Zero for a proposal.</summary>
    public required ulong ProposalId { get; init; }

    /// <summary>Null for a signed statement that others relay.</summary>
    public UnsignedTransaction? Transaction { get; init; }

    public ReadOnlyMemory<byte> Signed { get; init; }

    public Bytes32 TransactionHash { get; init; }

    /// <summary>Unix seconds after which the registry refuses the statement; zero for a transaction.</summary>
    public long DeadlineSeconds { get; init; }

    /// <summary><see cref="IClock.Elapsed"/> when it was made.</summary>
    public required TimeSpan MadeAt { get; init; }

    public TimeSpan LastSentAt { get; set; }

    /// <summary>The network has one with its nonce that pays more: of this wallet, from before its enclave's process started anew.</summary>
    public bool IsUnderpriced { get; set; }

    /// <summary>The block of its receipt, when it was last seen mined; null while it is not.</summary>
    public ulong? MinedAt { get; set; }
}

/// <summary>What an operator can do for a wallet without ether: fund it, or relay this call (design §5). Public facts.</summary>
/// <param name="Statement">The text that the wallet signed, or the call itself where anybody may make it.</param>
/// <param name="Signature">Null where none is needed.</param>
internal sealed record UnfundedNotice(WalletAddress Wallet, string Statement, string? Signature)
{
    public override string ToString() => Signature is null
        ? $"fund {Wallet}, or call {Statement} from any account"
        : $"fund {Wallet}, or relay the statement \"{Statement}\" with signature {Signature}";
}

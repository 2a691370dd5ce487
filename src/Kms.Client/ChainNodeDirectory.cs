using Kms.Core.Membership;
using Kms.Core.Registry;

namespace Kms.Client;

/// <summary>The nodes as the chain knows them: members at the final and at the latest view (design §4).</summary>
/// <param name="chain">Not owned.</param>
public sealed class ChainNodeDirectory(IChain chain) : INodeDirectory
{
    public async Task<Result<IReadOnlyList<KmsNodeAddress>, KmsError>> ListAsync(CancellationToken cancel)
    {
        var final = await ReadAsync(Finality.Final, cancel);
        var latest = await ReadAsync(Finality.Latest, cancel);
        if (!final.TryGet(out var atFinal) || !latest.TryGet(out var atLatest))
        {
            return Result<IReadOnlyList<KmsNodeAddress>, KmsError>.Fail(
                new KmsError(KmsFailure.Unavailable, "chain_unavailable"), $"the chain cannot be read: {final.Detail ?? latest.Detail}");
        }

        IReadOnlyList<KmsNodeAddress> nodes =
        [
            .. PeerAuthorizer.Members(new ChainView(atFinal, atLatest))
                .Where(member => member.Instance.TeePublicKey is not null)
                .Select(member => new KmsNodeAddress(member.Wallet, member.Instance.TeePublicKey!, member.Instance.Url)),
        ];
        return nodes.Count > 0
            ? Result<IReadOnlyList<KmsNodeAddress>, KmsError>.Ok(nodes)
            : Result<IReadOnlyList<KmsNodeAddress>, KmsError>.Fail(new KmsError(KmsFailure.Unavailable, "no_nodes"), "the chain lists no member of the cluster");
    }

    private async Task<Result<RegistrySnapshot, ChainFailure>> ReadAsync(Finality finality, CancellationToken cancel)
    {
        var head = await chain.GetHeadAsync(finality, cancel);
        // We are no operator; the registry's own address is a wallet that has neither confirmed nor proposed.
        return head.TryGet(out var at) ? await chain.ReadRegistryAsync(at, chain.Identity.KmsRegistry, cancel) : head.As<RegistrySnapshot>();
    }
}

using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>The app registry's storage root at the newest blocks, asked once per block. An endpoint that serves none is asked no more.</summary>
internal sealed class StorageRoots(IChain chain, CancellationToken stopping)
{
    private const int Kept = 8;

    private readonly object _gate = new();
    private readonly LinkedList<(Bytes32 Block, SingleFlight<Bytes32?> Flight, Bytes32? Root, bool Known)> _blocks = new();
    private bool _unsupported;

    /// <summary>Null when it is not to be had: then every entry is read anew.</summary>
    public async Task<Bytes32?> AtAsync(BlockRef at)
    {
        SingleFlight<Bytes32?> flight;
        lock (_gate)
        {
            if (_unsupported)
            {
                return null;
            }

            var node = Find(at.Hash);
            if (node is { Value.Known: true })
            {
                return node.Value.Root;
            }

            flight = node?.Value.Flight ?? new SingleFlight<Bytes32?>();
            if (node is null)
            {
                _blocks.AddLast((at.Hash, flight, null, false));
                if (_blocks.Count > Kept)
                {
                    _blocks.RemoveFirst();
                }
            }
        }

        return await flight.RunAsync(() => AskAsync(at));
    }

    private async Task<Bytes32?> AskAsync(BlockRef at)
    {
        var answer = await chain.ReadAppRegistryRootAsync(at, stopping);
        bool known = answer.TryGet(out var root);
        lock (_gate)
        {
            _unsupported |= answer.Failure == ChainFailure.Unsupported;
            if (Find(at.Hash) is { } node)
            {
                // A failure is remembered too: one question per block, however many wallets ask.
                node.Value = node.Value with { Root = known ? root : null, Known = true };
            }
        }

        return known ? root : null;
    }

    private LinkedListNode<(Bytes32 Block, SingleFlight<Bytes32?> Flight, Bytes32? Root, bool Known)>? Find(Bytes32 block)
    {
        for (var node = _blocks.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Block == block)
            {
                return node;
            }
        }

        return null;
    }
}

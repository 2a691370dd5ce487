using Kms.Client;
using Kms.Core.Primitives;

namespace Kms.Sim.Workload;

/// <summary>The nodes as the chain lists them, beginning with another one each time: the client asks in order, and here every node is to be asked.</summary>
internal sealed class RotatingDirectory(INodeDirectory chain, int first) : INodeDirectory
{
    private int _first = first;

    public async Task<Result<IReadOnlyList<KmsNodeAddress>, KmsError>> ListAsync(CancellationToken cancel)
    {
        var listed = await chain.ListAsync(cancel);
        if (!listed.TryGet(out var nodes))
        {
            return listed;
        }

        int begin = _first++ % nodes.Count;
        return Result<IReadOnlyList<KmsNodeAddress>, KmsError>.Ok([.. nodes.Skip(begin), .. nodes.Take(begin)]);
    }
}

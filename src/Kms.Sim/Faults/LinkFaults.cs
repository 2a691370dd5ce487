using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>What happens on the links between nodes, and between nodes and apps.</summary>
internal sealed class LinkFaults(SimWorld world, SimRandom random)
{
    private IEnumerable<(int From, int To, Link Link)> NodeLinks()
    {
        for (int from = 0; from < world.Slots.Count; from++)
        {
            for (int to = 0; to < world.Slots.Count; to++)
            {
                if (from != to)
                {
                    yield return (from, to, world.Network.LinkOf(SimNetwork.Lane(from), SimNetwork.Lane(to)));
                }
            }
        }
    }

    private IEnumerable<Link> AppLinks(int node)
    {
        yield return world.Network.LinkOf(AppClient.Lane, SimNetwork.Lane(node));
        yield return world.Network.LinkOf(SimNetwork.Lane(node), AppClient.Lane);
    }

    /// <param name="apps">The links between nodes and apps too.</param>
    public Action Each(bool apps, Action<Link> disturb, Action<Link> heal)
    {
        var links = NodeLinks().Select(entry => entry.Link).ToList();
        links.AddRange(apps ? world.Slots.SelectMany(slot => AppLinks(slot.Index)) : []);
        links.ForEach(disturb);
        return () => links.ForEach(heal);
    }

    public Action Cut(Func<int, int, bool> isCut, bool apps)
    {
        var cut = NodeLinks().Where(entry => isCut(entry.From, entry.To)).Select(entry => entry.Link).ToList();
        for (int node = 0; apps && node < world.Slots.Count; node++)
        {
            if (isCut(node, node))
            {
                cut.AddRange(AppLinks(node));
            }
        }

        cut.ForEach(link => link.IsCut = true);
        return () => cut.ForEach(link => link.IsCut = false);
    }

    /// <summary>FoundationDB's swizzle: clog a random subset one by one, then unclog it in another order.</summary>
    public void Swizzle(TimeSpan length)
    {
        var links = NodeLinks().Select(entry => entry.Link).ToList();
        random.Shuffle(links);
        int count = 1 + random.Below(links.Count);
        foreach (var link in links.Take(count))
        {
            var begins = random.Between(TimeSpan.Zero, length / 2);
            var ends = world.Loop.Now + random.Between(length / 2, length);
            world.Loop.After(begins, () => link.CloggedUntil = ends);
        }
    }
}

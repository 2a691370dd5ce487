using Kms.Core.Primitives;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>A key that a node derived for an app.</summary>
internal sealed record DeriveRecord(SimApp App, string Path, ulong Epoch, bool NamedEpoch, string Key, int Node, Incarnation By, TimeSpan AskedAt, TimeSpan At)
{
    public AppId AppId => App.Id;
}

using Kms.Core.Primitives;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>A write or a delete that a node acknowledged.</summary>
/// <param name="Version">Of the write; for a delete, the version that was read from the same node just before.</param>
/// <param name="Value">Null for a delete.</param>
internal sealed record WriteRecord(AppId App, string Key, string Version, string? Value, Incarnation By, TimeSpan At, int StoredBy);

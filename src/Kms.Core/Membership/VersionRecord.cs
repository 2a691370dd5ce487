using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>What a node needs of <c>getVersion</c>. A zero measurement is never authorised (M5).</summary>
public sealed record VersionRecord(AppId App, VersionId Id, VersionStatus Status, Bytes32 CodeMeasurement);

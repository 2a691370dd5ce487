using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>What a node needs of <c>getApp</c>.</summary>
public sealed record AppRecord(AppId Id, AppStatus Status);

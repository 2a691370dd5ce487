using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>An app and the root over its records.</summary>
internal readonly record struct AppSummary(AppId App, Bytes32 Root);

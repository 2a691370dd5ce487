namespace Kms.Core.Node.Pipeline;

/// <summary>Classes of app routes for which v2 proofs can be required. <c>/sync</c> takes v2 only in any case.</summary>
[Flags]
public enum RouteClasses
{
    None = 0,

    /// <summary><c>POST /kms/derive</c>.</summary>
    Derive = 1,

    /// <summary><c>GET /kms/data…</c>.</summary>
    Read = 2,

    /// <summary><c>PUT</c> and <c>DELETE /kms/data</c>.</summary>
    Write = 4,
}

namespace Kms.Core.Node.Pipeline;

/// <summary>The routes of design §7.</summary>
internal enum RouteKind
{
    Index,
    Health,
    Status,
    Nonce,
    Nodes,
    Derive,
    DataRead,
    DataPut,
    DataDelete,
    Sync,
}

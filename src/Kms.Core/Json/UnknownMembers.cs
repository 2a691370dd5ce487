namespace Kms.Core.Json;

/// <summary>What becomes of a payload with members that its route does not know.</summary>
internal enum UnknownMembers
{
    /// <summary>It is refused: a misspelt <c>if_version</c> must not become an unconditional write.</summary>
    Refused,

    /// <summary>They are read over, as existing clients of v1 expect.</summary>
    Ignored,
}

namespace Kms.Core.Json;

/// <summary>What a member of a request payload must be.</summary>
internal enum JsonFieldKind
{
    Text,
    Integer,
    Base64,
}

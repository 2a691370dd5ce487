namespace Kms.Core.Json;

/// <summary>What a <see cref="JsonValue"/> is.</summary>
internal enum JsonKind
{
    /// <summary>Not there at all.</summary>
    Absent,
    Null,
    True,
    False,
    Number,
    Text,
    Array,
    Object,
}

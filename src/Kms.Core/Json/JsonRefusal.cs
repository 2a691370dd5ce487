namespace Kms.Core.Json;

/// <summary>Why <see cref="StrictJson"/> did not take a text.</summary>
internal enum JsonRefusal
{
    TooLarge,

    /// <summary>Invalid UTF-8, or a byte order mark (RFC 8259 §8.1).</summary>
    NotUtf8,

    /// <summary>Not one JSON value of RFC 8259 with nothing but white space around it.</summary>
    Malformed,

    /// <summary>An escape that is half of a surrogate pair, in a name or a value: JSON, but no text (RFC 8259 §8.2).</summary>
    NotText,
    TooDeep,

    /// <summary>More values than <see cref="Limits.MaxJsonValues"/>.</summary>
    TooMany,

    /// <summary>Two members of an object have the same name, escapes resolved (RFC 8259 §4).</summary>
    RepeatedName,
}

namespace Kms.Core.Json;

/// <summary>One member that a payload may or must have.</summary>
/// <param name="MaxBytes">For base64: decoded bytes; over it is 413 <c>value_too_large</c>. Text is bounded by its handler.</param>
internal sealed record JsonField(string Name, JsonFieldKind Kind, bool Required, int MaxBytes = 0);

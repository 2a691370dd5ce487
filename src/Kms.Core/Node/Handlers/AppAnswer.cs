using System.Diagnostics.CodeAnalysis;
using Kms.Core.Node.Pipeline;

namespace Kms.Core.Node.Handlers;

/// <summary>What a handler made of a call: plaintext JSON to seal, or a refusal. Disposing zeroes the plaintext.</summary>
internal sealed class AppAnswer : IDisposable
{
    private readonly SecretBuffer? _json;

    private AppAnswer(SecretBuffer? json, ApiRefusal? refusal, bool wrote)
    {
        _json = json;
        Refusal = refusal;
        Wrote = wrote;
    }

    public ApiRefusal? Refusal { get; }

    /// <summary>Something was stored or deleted: the caller must learn so even when the answer cannot be sealed.</summary>
    public bool Wrote { get; }

    public static AppAnswer Ok(SecretBuffer json, bool wrote = false) => new(json, null, wrote);

    public static AppAnswer Refused(ApiRefusal refusal) => new(null, refusal, wrote: false);

    public static AppAnswer Refused(ApiError error, string message) => Refused(new ApiRefusal(error, message));

    public bool TryGetJson([NotNullWhen(true)] out SecretBuffer? json)
    {
        json = _json;
        return json is not null;
    }

    public void Dispose() => _json?.Dispose();
}

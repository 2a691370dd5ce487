namespace Kms.Core.Node.Pipeline;

/// <summary>An error on its way to a caller.</summary>
/// <param name="Message">For humans; public facts only, never secret, never internal.</param>
/// <param name="Reason">With <see cref="ApiError.NotReady"/> only, and then always.</param>
internal readonly record struct ApiRefusal(ApiError Error, string Message, NotReadyReason? Reason = null)
{
    /// <summary>The Allow header of a 405.</summary>
    public string? Allow { get; init; }

    /// <summary>The write was carried out; only its answer could not be sealed or signed.</summary>
    public bool Applied { get; init; }

    public static ApiRefusal NotReady(NotReadyReason reason) => new(ApiError.NotReady, "this node cannot serve now", reason);

    public static ApiRefusal OdynUnavailable(bool applied = false) => NotReady(NotReadyReason.OdynUnavailable) with { Applied = applied };
}

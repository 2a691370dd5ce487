namespace Kms.Core.Node.Pipeline;

/// <summary>What a sync message gets back; the pipeline signs and writes it.</summary>
internal abstract record SyncAnswer
{
    private SyncAnswer()
    {
    }

    /// <summary>200 with a CBOR body, sealed already.</summary>
    internal sealed record Ok(ReadOnlyMemory<byte> Body) : SyncAnswer;

    /// <summary>An error from the table; <paramref name="Reason"/> exactly with <see cref="ApiError.NotReady"/>.</summary>
    /// <param name="Message">For the peer's operator: public facts only.</param>
    internal sealed record Refused(ApiError Error, string Message, NotReadyReason? Reason = null) : SyncAnswer;
}

namespace Kms.Core.Node.Pipeline;

/// <summary>A response before it is signed and framed.</summary>
internal sealed record Reply(int Status, string ContentType, byte[] Body, ApiRefusal? Refusal = null)
{
    public const string Json = "application/json";
    public const string Cbor = "application/cbor";

    public static Reply Ok(byte[] json) => new(200, Json, json);

    public static Reply Error(ApiRefusal refusal) =>
        new(ApiErrors.StatusOf(refusal.Error), Json, ErrorJson.Write(refusal), refusal);

    public static Reply Error(ApiError error, string message) => Error(new ApiRefusal(error, message));
}

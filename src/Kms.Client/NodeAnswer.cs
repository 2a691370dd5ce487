namespace Kms.Client;

/// <summary>What one attempt at one node brought.</summary>
/// <param name="Body">Of a signed answer: the opened plaintext of a 200, which the receiver zeroes, or the error's JSON.</param>
/// <param name="Detail">For people.</param>
internal sealed record NodeAnswer(NodeAnswer.Outcome Kind, int Status, byte[] Body, string Detail)
{
    public enum Outcome
    {
        /// <summary>The node proved that it gave this answer to this request.</summary>
        Signed,

        /// <summary>The request never left.</summary>
        NotSent,

        /// <summary>The request left; no answer came back that proves its origin and says what became of it.</summary>
        Lost,

        /// <summary>The app's own keys did not work.</summary>
        NoIdentity,
    }

    public static NodeAnswer Signed(int status, byte[] body) => new(Outcome.Signed, status, body, string.Empty);

    public static NodeAnswer NotSent(string detail) => new(Outcome.NotSent, 0, [], detail);

    public static NodeAnswer Lost(string detail) => new(Outcome.Lost, 0, [], detail);

    public static NodeAnswer NoIdentity(string detail) => new(Outcome.NoIdentity, 0, [], detail);
}

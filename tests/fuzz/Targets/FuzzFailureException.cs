namespace Kms.Fuzz;

/// <summary>A parser broke a law.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message)
{
    public static void Demand(bool law, string otherwise)
    {
        if (!law)
        {
            throw new FuzzFailureException(otherwise);
        }
    }
}

namespace Kms.Devnet;

/// <summary>A devnet could not be started or driven; the message is for the person at the terminal.</summary>
public sealed class DevnetException : Exception
{
    public DevnetException()
    {
    }

    public DevnetException(string message)
        : base(message)
    {
    }

    public DevnetException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

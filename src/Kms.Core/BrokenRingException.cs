namespace Kms.Core;

/// <summary>An invariant of the ring of secrets does not hold: the one internal error that ends a node.</summary>
/// <remarks>What is held is out of use from then on, and is destroyed when the node is stopped or disposed.</remarks>
public sealed class BrokenRingException : Exception
{
    public BrokenRingException()
    {
    }

    public BrokenRingException(string expression)
        : base($"invariant of the ring of secrets violated: {expression}")
    {
    }

    public BrokenRingException(string expression, Exception inner)
        : base($"invariant of the ring of secrets violated: {expression}", inner)
    {
    }
}

namespace Kms.Core;

/// <summary>An invariant of the node does not hold. The expression is source text, never a value.</summary>
public sealed class InvariantException : Exception
{
    public InvariantException()
    {
    }

    public InvariantException(string expression)
        : base($"invariant violated: {expression}")
    {
    }

    public InvariantException(string expression, Exception inner)
        : base($"invariant violated: {expression}", inner)
    {
    }
}

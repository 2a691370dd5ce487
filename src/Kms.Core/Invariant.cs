using System.Runtime.CompilerServices;

namespace Kms.Core;

/// <summary>Checks that hold in Release too. A failure is a bug in this program, never a caller's mistake.</summary>
internal static class Invariant
{
    /// <exception cref="InvariantException">It does not hold.</exception>
    public static void Require(
        [System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            throw new InvariantException(expression ?? "unknown");
        }
    }

    /// <summary>The same of the ring of secrets: a ring that contradicts itself ends the node.</summary>
    /// <exception cref="BrokenRingException">It does not hold.</exception>
    public static void RequireOfRing(
        [System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            throw new BrokenRingException(expression ?? "unknown");
        }
    }
}

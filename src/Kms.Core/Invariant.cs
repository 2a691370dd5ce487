using System.Runtime.CompilerServices;

namespace Kms.Core;

/// <summary>Checks that hold in Release too. A failure is a bug in this program, never a caller's mistake.</summary>
internal static class Invariant
{
    public static void Require(
        [System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            throw new InvariantException(expression ?? "unknown");
        }
    }
}

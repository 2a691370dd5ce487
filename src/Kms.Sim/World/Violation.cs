using System.Text.RegularExpressions;

namespace Kms.Sim.World;

/// <summary>A rule that did not hold.</summary>
internal sealed partial record Violation(string Checker, string Text, TimeSpan At)
{
    /// <summary>Without the places that stack traces name: they differ from clone to clone, and the text is part of the event hash.</summary>
    public static Violation Of(string checker, string text, TimeSpan at) => new(checker, Places().Replace(text, string.Empty), at);

    [GeneratedRegex(@" in \S*:line \d+")]
    private static partial Regex Places();
}

using System.Text.RegularExpressions;
using FsCheck.Xunit;
using Kms.Core.Authentication;

namespace Kms.Properties.Authentication;

/// <summary>v2's targets against a regular expression of the same rule.</summary>
public sealed partial class TargetGrammarTests
{
    [Property(MaxTest = 2000)]
    public void Canonical_means_exactly_the_rule(byte[] picks)
    {
        const string Alphabet = "/?&=%aF0-._~+ #:2fé\\\"";
        var target = "/" + string.Concat((picks ?? []).Select(pick => Alphabet[pick % Alphabet.Length]));
        TargetGrammar.IsCanonical(target).ShouldBe(Rule().IsMatch(target), target);
    }

    [Theory]
    [InlineData("/kms/data?key=a%2Fb", true)]
    [InlineData("/", true)]
    [InlineData("/kms/data?key=a%2fb", false)]
    [InlineData("/a%", false)]
    [InlineData("/a%2", false)]
    [InlineData("/a%%41", false)]
    [InlineData("/%41%4g", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    public void Some_targets_by_hand(string target, bool canonical) => TargetGrammar.IsCanonical(target).ShouldBe(canonical);

    [GeneratedRegex(@"\A/(?:[A-Za-z0-9\-._~/?&=]|%[0-9A-F]{2})*\z")]
    private static partial Regex Rule();
}

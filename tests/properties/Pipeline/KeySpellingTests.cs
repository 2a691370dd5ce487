using System.Net;
using FsCheck.Xunit;
using Kms.Client;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;

namespace Kms.Properties.Pipeline;

/// <summary>Every key can be named in a target, and every way in which clients spell it means the same.</summary>
public sealed class KeySpellingTests
{
    [Property(MaxTest = 500)]
    public void However_a_client_encodes_a_key_it_is_that_key(byte[] picks)
    {
        const string Alphabet = "abZ09+ %/?&=#.~-_:\"\\\u0000\u001f\u007féߐ€";
        string key = string.Concat((picks ?? []).Take(Limits.MaxKeyBytes / 3).Select(pick => pick == 255 ? "😀" : Alphabet[pick % Alphabet.Length].ToString()));
        string percent = Uri.EscapeDataString(key);
        string form = WebUtility.UrlEncode(key);

        Read(KmsPayloads.TargetOf(key)).ShouldBe(key);
        Read("/kms/data/" + percent).ShouldBe(key);
        Read("/kms/data?key=" + percent).ShouldBe(key);
        Read("/kms/data/" + form).ShouldBe(key);
        Read("/kms/data?key=" + form).ShouldBe(key);

        // One spelling of each form can be signed by v2.
        TargetGrammar.IsCanonical("/kms/data/" + percent).ShouldBeTrue();
        TargetGrammar.IsCanonical("/kms/data/" + form).ShouldBe(!form.Contains('+', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/kms/data/wallet%2Feth%2Fapp%2Fmain%2Faddress", "wallet/eth/app/main/address")]
    [InlineData("/kms/data/my+key", "my key")]
    [InlineData("/kms/data/my%20key", "my key")]
    [InlineData("/kms/data/1%2B1", "1+1")]
    [InlineData("/kms/data/a%2520b", "a%20b")]
    public void What_the_platform_s_client_sends_is_understood(string target, string key) => Read(target).ShouldBe(key);

    private static string? Read(string target)
    {
        var parsed = Route.Parse("GET", target);
        parsed.TryGet(out var route).ShouldBeTrue(parsed.Failure?.Message);
        return route!.DataKey;
    }
}

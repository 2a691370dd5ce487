using System.Globalization;
using System.Text.RegularExpressions;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Node.Serving;

namespace Kms.Properties.Pipeline;

/// <summary>docs/spec/errors.md lists exactly what the code can answer.</summary>
public sealed partial class ErrorsSpecTests
{
    private static string Spec => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Spec", "errors.md"));

    [Fact]
    public void Every_code_is_documented_with_its_status_and_no_other_is()
    {
        var documented = CodeRow().Matches(Spec).Select(row => (row.Groups[1].Value, int.Parse(row.Groups[2].Value, CultureInfo.InvariantCulture)));
        var built = Enum.GetValues<ApiError>().Select(error => (ApiErrors.CodeOf(error), ApiErrors.StatusOf(error)));
        documented.Order().ShouldBe(built.Order());
    }

    [Fact]
    public void Every_reason_of_not_ready_is_documented_and_no_other_is()
    {
        var reasons = Spec[Spec.IndexOf("## Reasons", StringComparison.Ordinal)..Spec.IndexOf("## Order", StringComparison.Ordinal)];
        ReasonRow().Matches(reasons).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal)
            .ShouldBe(Enum.GetValues<NotReadyReason>().Select(ApiErrors.ReasonCode).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_two_errors_share_a_code()
    {
        var codes = Enum.GetValues<ApiError>().Select(ApiErrors.CodeOf).ToList();
        codes.Distinct().Count().ShouldBe(codes.Count);
        codes.ShouldAllBe(code => Snake().IsMatch(code));
    }

    [Fact]
    public void Retry_after_comes_with_429_and_only_with_it() =>
        Enum.GetValues<ApiError>().ShouldAllBe(error => (ApiErrors.StatusOf(error) == 429) == (ApiErrors.RetryAfterSeconds(error) != null));

    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \| (\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();

    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex ReasonRow();

    [GeneratedRegex(@"\A[a-z]+(_[a-z]+)*\z")]
    private static partial Regex Snake();
}

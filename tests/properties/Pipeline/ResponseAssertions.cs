using System.Text;
using System.Text.Json;
using Kms.Core;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;

namespace Kms.Properties.Pipeline;

/// <summary>Reads error answers.</summary>
internal static class ResponseAssertions
{
    public static void ShouldRefuse(this KmsResponse response, ApiError expected)
    {
        var text = Encoding.UTF8.GetString(response.Body.Span);
        using var document = JsonDocument.Parse(text);
        var error = document.RootElement.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe(ApiErrors.CodeOf(expected), text);
        response.Status.ShouldBe(ApiErrors.StatusOf(expected));
        error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        error.TryGetProperty("reason", out _).ShouldBe(expected == ApiError.NotReady);
        response.Header("Content-Type").ShouldBe("application/json");
        response.Header("Retry-After").ShouldBe(ApiErrors.RetryAfterSeconds(expected)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        (response.Header("Allow") is not null).ShouldBe(expected == ApiError.MethodNotAllowed);
    }

    public static string? Reason(this KmsResponse response)
    {
        using var document = JsonDocument.Parse(response.Body);
        return document.RootElement.GetProperty("error").GetProperty("reason").GetString();
    }

    public static JsonElement Json(this KmsResponse response)
    {
        using var document = JsonDocument.Parse(response.Body);
        return document.RootElement.Clone();
    }

    public static string? Header(this KmsResponse response, string name) =>
        response.Headers.Where(header => header.Key == name).Select(header => header.Value).SingleOrDefault();
}

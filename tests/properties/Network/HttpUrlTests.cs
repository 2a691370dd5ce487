using Kms.Core.Network;

namespace Kms.Properties.Network;

/// <summary>A configured URL can be dialled, or is refused where it is read.</summary>
public sealed class HttpUrlTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8545")]
    [InlineData("https://rpc.example/v1/key?x=1")]
    [InlineData("HTTP://b\u00fccher.example/")]
    [InlineData("http://[::1]:1/")]
    public void An_http_url_is_taken(string text)
    {
        HttpUrl.TryParse(text, out var url).ShouldBeTrue();
        url.IdnHost.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("127.0.0.1:8545")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://h")]
    [InlineData("http://")]
    [InlineData("http:h")]
    [InlineData("http://h:65536")]
    [InlineData("http://xn--\u0130")] // the framework takes it, and throws when it is dialled
    [InlineData("https://xn--\u0130.example")]
    public void Anything_else_is_refused(string? text)
    {
        HttpUrl.TryParse(text, out var url).ShouldBeFalse();
        url.ShouldBeNull();
    }
}

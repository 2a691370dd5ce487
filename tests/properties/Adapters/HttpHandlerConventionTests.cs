using System.Net;
using System.Text.RegularExpressions;
using Kms.Adapters.Http;
using Kms.Core;

namespace Kms.Properties.Adapters;

/// <summary>No adapter follows redirects, keeps cookies or reads a proxy from the environment: one place makes handlers.</summary>
public sealed partial class HttpHandlerConventionTests
{
    [Fact]
    public void The_one_handler_follows_nothing_and_keeps_nothing()
    {
        using var handler = PlainHandler.Create(TimeSpan.FromSeconds(1));
        handler.AllowAutoRedirect.ShouldBeFalse();
        handler.UseCookies.ShouldBeFalse();
        handler.UseProxy.ShouldBeFalse();
        handler.AutomaticDecompression.ShouldBe(DecompressionMethods.None);
        handler.Credentials.ShouldBeNull();
        handler.PreAuthenticate.ShouldBeFalse();
        handler.MaxResponseHeadersLength.ShouldBe(Limits.MaxResponseHeaderKiB);
        handler.MaxConnectionsPerServer.ShouldBe(Limits.MaxConnectionsPerPeer);
    }

    [Fact]
    public void Nothing_else_in_the_adapters_makes_a_handler_or_changes_these()
    {
        string source = Path.Combine(Root(), "src", "Kms.Adapters");
        string[] files = [.. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))];
        files.Length.ShouldBeGreaterThan(10);
        files.Where(static file => Forbidden().IsMatch(File.ReadAllText(file))).Select(Path.GetFileName).ShouldBe(["PlainHandler.cs"]);
    }

    [GeneratedRegex(@"new SocketsHttpHandler|SocketsHttpHandler Create\([^)]*\) => new|new HttpClient\b|new HttpClientHandler|AllowAutoRedirect|UseCookies|RemoteCertificateValidationCallback|ServerCertificateCustomValidation")]
    private static partial Regex Forbidden();

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "NovaKms.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }
}

using System.Net;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Network;

namespace Kms.Properties.Network;

/// <summary>URLs from the chain are hostile text.</summary>
public sealed class PeerUrlTests
{
    [Theory]
    [InlineData("https://node.example.com", "node.example.com", 443)]
    [InlineData("https://node.example.com/", "node.example.com", 443)]
    [InlineData("https://node.example.com:8443/", "node.example.com", 8443)]
    [InlineData("HTTPS://Node.Example.COM:1", "node.example.com", 1)]
    [InlineData("https://a.b-c.xn--p1ai:65535", "a.b-c.xn--p1ai", 65535)]
    [InlineData("https://1.2.3.example.com", "1.2.3.example.com", 443)]
    public void A_name_of_two_labels_or_more_is_taken(string text, string host, int port)
    {
        PeerUrl.TryParse(text, out var url).ShouldBeTrue();
        url!.Host.ShouldBe(host);
        url.Port.ShouldBe(port);
        url.Literal.ShouldBeNull();
        url.IsHttps.ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000", "127.0.0.1")]
    [InlineData("https://8.8.8.8", "8.8.8.8")]
    [InlineData("https://[::1]:8443", "::1")]
    [InlineData("https://[2001:DB8::1]", "2001:db8::1")]
    public void A_canonical_literal_is_known_as_one(string text, string address)
    {
        PeerUrl.TryParse(text, out var url).ShouldBeTrue();
        url!.Literal.ShouldBe(IPAddress.Parse(address));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("https:///")]
    [InlineData("node.example.com")]
    [InlineData("ftp://node.example.com")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https:node.example.com")]
    [InlineData("https://user@node.example.com")]
    [InlineData("https://user:pass@node.example.com")]
    [InlineData("https://node.example.com@127.0.0.1")]
    [InlineData("https://node.example.com#@127.0.0.1")]
    [InlineData("https://node.example.com/path")]
    [InlineData("https://node.example.com//")]
    [InlineData("https://node.example.com?x")]
    [InlineData("https://node.example.com#")]
    [InlineData("https://node.example.com\\@evil.example.com")]
    [InlineData("https://node.example.com\r\nHost: x")]
    [InlineData("https://node.example.com ")]
    [InlineData(" https://node.example.com")]
    [InlineData("https://node.example.com:")]
    [InlineData("https://node.example.com:0")]
    [InlineData("https://node.example.com:65536")]
    [InlineData("https://node.example.com:080")]
    [InlineData("https://node.example.com:+80")]
    [InlineData("https://node.example.com:80:81")]
    [InlineData("https://node.example.com:99999999999999999999")]
    [InlineData("https://localhost")]
    [InlineData("https://localhost:8443")]
    [InlineData("https://a.localhost")]
    [InlineData("https://localhost.")]
    [InlineData("https://host")]
    [InlineData("https://host.")]
    [InlineData("https://node")]
    [InlineData("https://node.example.com.")]
    [InlineData("https://.example.com")]
    [InlineData("https://a..example.com")]
    [InlineData("https://-a.example.com")]
    [InlineData("https://a-.example.com")]
    [InlineData("https://a_b.example.com")]
    [InlineData("https://nödé.example.com")]
    [InlineData("https://node.example.com%00.evil.com")]
    [InlineData("https://printer.local")]
    [InlineData("https://metadata.google.internal")]
    [InlineData("https://router.home.arpa")]
    [InlineData("https://x.onion")]
    [InlineData("https://2130706433")]
    [InlineData("https://0x7f000001")]
    [InlineData("https://0x7f.0.0.1")]
    [InlineData("https://017700000001")]
    [InlineData("https://0177.0.0.1")]
    [InlineData("https://127.1")]
    [InlineData("https://127.0.1")]
    [InlineData("https://127.0.0.1.")]
    [InlineData("https://127.0.0.01")]
    [InlineData("https://127.0.0.0x1")]
    [InlineData("https://256.0.0.1")]
    [InlineData("https://1.2.3.4.5")]
    [InlineData("https://example.0x1")]
    [InlineData("https://[::1")]
    [InlineData("https://::1")]
    [InlineData("https://[127.0.0.1]")]
    [InlineData("https://[0:0:0:0:0:0:0:1]")]
    [InlineData("https://[fe80::1%25eth0]")]
    [InlineData("https://[::1]x")]
    public void Everything_else_is_refused(string? text) => PeerUrl.TryParse(text, out _).ShouldBeFalse();

    [Property(MaxTest = 2000)]
    public void No_text_makes_the_parser_throw_and_what_parses_parses_again(byte[] picks)
    {
        string[] parts = ["https://", "http://", "a", "1", ".", "-", ":", "[", "]", "@", "/", "127.0.0.1", "example.com", "%", "0x7f", "443", "?", "#", "é", "\0"];
        var text = string.Concat((picks ?? []).Select(pick => parts[pick % parts.Length]));
        if (PeerUrl.TryParse(text, out var url))
        {
            PeerUrl.TryParse(url.ToString(), out var again).ShouldBeTrue(url.ToString());
            again.ShouldBe(url);
        }
    }

    [Fact]
    public void The_longest_name_label_and_text_are_taken_and_nothing_longer()
    {
        // RFC 1035, section 2.3.4: labels of 63, names of 253 characters. With scheme, port and slash no URL is longer.
        string label = new('a', 63);
        string longest = $"https://{label}.{label}.{label}.{label[..^2]}:65535/";
        longest.Length.ShouldBeLessThanOrEqualTo(Limits.MaxPeerUrlChars);
        PeerUrl.TryParse(longest, out var url).ShouldBeTrue();
        url!.Host.Length.ShouldBe(253);

        PeerUrl.TryParse($"https://{label}.{label}.{label}.{label[..^1]}:65535/", out _).ShouldBeFalse();
        PeerUrl.TryParse($"https://{label}a.example.com", out _).ShouldBeFalse();
        PeerUrl.TryParse("https://" + new string('a', Limits.MaxPeerUrlChars), out _).ShouldBeFalse();
    }
}

using Kms.Adapters.Transport;
using Kms.Core;

namespace Kms.Properties.Adapters;

/// <summary>The words of <c>no_proxy</c>.</summary>
public sealed class NoProxyListTests
{
    [Theory]
    [InlineData("localhost,127.0.0.1", "localhost", true)]
    [InlineData("localhost,127.0.0.1", "127.0.0.1", true)]
    [InlineData("localhost,127.0.0.1", "127.0.0.2", false)]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "EXAMPLE.com", true)]
    [InlineData("example.com", "kms.example.com", true)]
    [InlineData(".example.com", "kms.example.com", true)]
    [InlineData(".example.com", "example.com", true)]
    [InlineData("*.Example.com", "kms.example.com", true)]
    [InlineData("example.com", "notexample.com", false)]
    [InlineData("example.com", "example.com.org", false)]
    [InlineData("example.com", "com", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("::1 fd00::/8", "fd00::1", true)]
    [InlineData("[2001:db8::1]", "2001:db8::1", true)]
    [InlineData("10.0.0.1", "10.0.0.1.example.com", false)]
    [InlineData(" , a.example,\tb.example ", "b.example", true)]
    [InlineData("*", "anything.example", true)]
    [InlineData("*", "8.8.8.8", true)]
    [InlineData("", "anything.example", false)]
    public void A_host_is_covered_by_its_name_a_suffix_its_address_or_its_network(string text, string host, bool covered)
    {
        NoProxyList.TryParse(text, out var list).ShouldBeTrue();
        list!.Covers(host).ShouldBe(covered);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_list_has_an_end(int over, bool taken) =>
        NoProxyList.TryParse(string.Join(',', Enumerable.Range(0, Limits.MaxNoProxyEntries + over).Select(i => $"h{i}.example")), out _).ShouldBe(taken);
}

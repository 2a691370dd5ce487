using Kms.Adapters.Transport;

namespace Kms.Properties.Adapters;

/// <summary>Which proxy leads out, by setting or environment: understood or refused, never passed over.</summary>
public sealed class ProxyEnvironmentTests
{
    private const string Enclave = "http://127.0.0.1:10000";

    [Fact]
    public void What_an_enclave_s_supervisor_sets_is_used_for_everything_but_loopback()
    {
        var proxy = Chosen(null, ("https_proxy", Enclave), ("http_proxy", Enclave), ("no_proxy", "localhost,127.0.0.1"));
        foreach (string url in (string[])["https://kms-1.example.org", "https://rpc.example.org/v2/key", "http://rpc.example.org:8545", "https://10.0.0.1"])
        {
            proxy.For(new Uri(url)).ShouldBe(new Uri(Enclave), url);
        }

        foreach (string url in (string[])["http://127.0.0.1:18545", "http://localhost:18000", "http://[::1]:18000", "http://127.9.9.9"])
        {
            proxy.For(new Uri(url)).ShouldBeNull(url);
        }
    }

    [Fact]
    public void Loopback_is_direct_without_no_proxy_too_and_nothing_is_proxied_without_a_proxy()
    {
        Chosen(null, ("HTTPS_PROXY", Enclave)).For(new Uri("https://localhost:1")).ShouldBeNull();
        Chosen(null, ("HTTPS_PROXY", Enclave)).For(new Uri("http://rpc.example.org")).ShouldBeNull("that one is http_proxy's");
        Chosen(null).For(new Uri("https://kms-1.example.org")).ShouldBeNull();
        Chosen(null, ("https_proxy", ""), ("no_proxy", " ")).Https.ShouldBeNull();
    }

    [Fact]
    public void A_setting_goes_before_the_environment_and_lower_case_before_upper_case()
    {
        (string, string)[] broken = [("https_proxy", "socks5://x"), ("no_proxy", "a:1")];
        Chosen("http://127.0.0.1:1", broken).For(new Uri("https://kms-1.example.org")).ShouldBe(new Uri("http://127.0.0.1:1"));
        Chosen("http://127.0.0.1:1", ("no_proxy", "*")).For(new Uri("https://kms-1.example.org")).ShouldNotBeNull();
        Chosen("none", broken).For(new Uri("https://kms-1.example.org")).ShouldBeNull();
        Chosen("None", ("https_proxy", Enclave)).Https.ShouldBeNull();
        Chosen(null, ("https_proxy", Enclave), ("HTTPS_PROXY", "http://127.0.0.1:2")).Https.ShouldBe(new Uri(Enclave));
        Chosen(null, ("https_proxy", ""), ("HTTPS_PROXY", "http://127.0.0.1:2")).Https.ShouldBe(new Uri("http://127.0.0.1:2"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:10000/", "http://127.0.0.1:10000")]
    [InlineData("127.0.0.1:10000", "http://127.0.0.1:10000")]
    [InlineData("proxy.local:3128", "http://proxy.local:3128")]
    [InlineData(" http://[::1]:3128 ", "http://[::1]:3128")]
    [InlineData("HTTP://proxy", "http://proxy:80")]
    public void The_ways_in_which_proxies_are_written_are_understood(string text, string proxy) =>
        Chosen(null, ("https_proxy", text)).Https.ShouldBe(new Uri(proxy));

    [Theory]
    [InlineData("https_proxy", "https://127.0.0.1:10000")]
    [InlineData("https_proxy", "socks5://127.0.0.1:1080")]
    [InlineData("https_proxy", "http://user:pass-word@127.0.0.1:10000")]
    [InlineData("https_proxy", "http://127.0.0.1:10000/pass-word")]
    [InlineData("https_proxy", "http://127.0.0.1:10000?pass-word")]
    [InlineData("https_proxy", "http://127.0.0.1:10000#pass-word")]
    [InlineData("https_proxy", "http://127.0.0.1:100000")]
    [InlineData("https_proxy", "http://")]
    [InlineData("https_proxy", "garbage pass-word")]
    [InlineData("https_proxy", "http://pro\nxy")]
    [InlineData("HTTPS_PROXY", "http:/127.0.0.1:10000")]
    [InlineData("http_proxy", "ftp://127.0.0.1")]
    [InlineData("HTTP_PROXY", "://")]
    [InlineData("no_proxy", "localhost,127.0.0.1:8080")]
    [InlineData("no_proxy", "https://kms.example.org")]
    [InlineData("no_proxy", "10.0.0.0/33")]
    [InlineData("no_proxy", "127.1")]
    [InlineData("no_proxy", "a..b")]
    [InlineData("NO_PROXY", "pass-word;localhost")]
    public void What_cannot_be_meant_is_refused_by_name_with_advice_and_without_the_value(string name, string text)
    {
        ProxyEnvironment.TryChoose(null, Environment((name, text)), out var proxy, out string? problem).ShouldBeFalse();
        proxy.ShouldBeNull();
        problem.ShouldStartWith(name + " in the environment is");
        problem.ShouldContain("unset it");
        problem.ShouldNotContain("pass-word");
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("nothing at all")]
    public void A_setting_that_cannot_be_meant_is_refused(string setting)
    {
        ProxyEnvironment.TryChoose(setting, Environment(("https_proxy", Enclave)), out _, out string? problem).ShouldBeFalse();
        problem.ShouldContain("not an http proxy");
    }

    private static ProxyEnvironment Chosen(string? setting, params (string, string)[] variables)
    {
        ProxyEnvironment.TryChoose(setting, Environment(variables), out var proxy, out string? problem).ShouldBeTrue(problem);
        return proxy!;
    }

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.Where(one => one.Name == name).Select(one => one.Value).FirstOrDefault();
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Kms.Hosting;

/// <summary>The stand-alone host of one node: what <c>novakms-node</c> runs.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);
    private readonly WebApplication _app;

    private NodeHost(WebApplication app) => _app = app;

    /// <summary>Reads the configuration: file, then <c>NOVAKMS_</c> environment, then settings, the later over the earlier.</summary>
    /// <param name="listen">http URL to listen at.</param>
    /// <param name="configFile">JSON, or null.</param>
    /// <param name="settings"><c>KEY=VALUE</c>; lists as <c>KEY:0=VALUE</c>.</param>
    /// <exception cref="FormatException">A setting without <c>=</c>, or nowhere to listen.</exception>
    /// <exception cref="IOException">The file is missing or unreadable.</exception>
    /// <exception cref="OptionsValidationException">The configuration is wrong; the failures say what to do.</exception>
    /// <exception cref="InvalidOperationException">A value is not of its key's type.</exception>
    public static Task<NodeHost> CreateAsync(string listen, string? configFile, IReadOnlyList<string> settings) =>
        CreateAsync(listen, configFile, settings, static _ => { });

    /// <param name="replace">Registers ports that take the place of the real ones.</param>
    internal static async Task<NodeHost> CreateAsync(
        string listen, string? configFile, IReadOnlyList<string> settings, Action<IServiceCollection> replace)
    {
        var at = BindingAddress.Parse(listen);
        if (at.Scheme != Uri.UriSchemeHttp || at.PathBase.Length > 0)
        {
            throw new FormatException($"'{listen}' is not an http URL without a path, such as http://0.0.0.0:8000: the ingress ends TLS");
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        replace(builder.Services);
        builder.Services.AddNovaKms(ConfigurationOf(configFile, settings), isOurs: true);
        builder.WebHost.UseKestrelCore().UseUrls(listen);
        var app = builder.Build();
        try
        {
            app.UseRouting();
            app.MapNovaKms();
            return new NodeHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves until cancelled or until the node ends by itself.</summary>
    /// <exception cref="OptionsValidationException">The RPC turned out to be unable to do what the configuration asks of it.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        await _app.StartAsync(cancel);
        await _app.WaitForShutdownAsync(cancel);
        if (_app.Services.GetRequiredService<FinalityTagCheck>().Problem is { } problem)
        {
            throw new OptionsValidationException(nameof(NovaKmsOptions), typeof(NovaKmsOptions), [problem]);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>What <see cref="CreateAsync(string, string?, IReadOnlyList{string})"/> would use.</summary>
    internal static NovaKmsOptions Read(string? configFile, IReadOnlyList<string> settings)
    {
        var options = new NovaKmsOptions();
        ConfigurationOf(configFile, settings).Bind(options);
        return options;
    }

    private static IConfigurationRoot ConfigurationOf(string? configFile, IReadOnlyList<string> settings)
    {
        var configuration = new ConfigurationBuilder();
        if (configFile is not null)
        {
            configuration.AddJsonFile(Path.GetFullPath(configFile), optional: false);
        }

        configuration.AddEnvironmentVariables("NOVAKMS_");
        // One source each, so that of two settings for a key the later wins.
        foreach (string setting in settings)
        {
            configuration.AddInMemoryCollection([Parse(setting)]);
        }

        return configuration.Build();
    }

    private static KeyValuePair<string, string?> Parse(string setting)
    {
        int at = setting.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? KeyValuePair.Create(setting[..at], (string?)setting[(at + 1)..])
            : throw new FormatException($"'{setting}' is not KEY=VALUE");
    }
}

using Kms.Adapters;
using Kms.Core.Node;
using Kms.Core.Ports;
using Kms.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Kms.Hosting;

/// <summary>Puts a node into an ASP.NET program: <c>services.AddNovaKms(…)</c>, then <c>app.MapNovaKms()</c>.</summary>
public static class NovaKmsServices
{
    private const long MaxBodiesBytes = 256L * 1024 * 1024;
    private const int MaxConnections = 1_024;

    /// <summary>Registers the node, its adapters and the hosted service that runs it.</summary>
    /// <param name="configuration">
    /// The section with the keys of <see cref="NovaKmsOptions"/>, and no others: one that is no setting stops the start. Of a
    /// configuration's root only what has a setting's name is looked at, since the rest is the program's own.
    /// </param>
    public static IServiceCollection AddNovaKms(this IServiceCollection services, IConfiguration configuration) =>
        services.AddNovaKms(configuration, isOurs: configuration is IConfigurationSection);

    /// <inheritdoc cref="AddNovaKms(IServiceCollection, IConfiguration)"/>
    public static IServiceCollection AddNovaKms(this IServiceCollection services, Action<NovaKmsOptions> configure)
    {
        services.AddOptions<NovaKmsOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<NovaKmsOptions>, NovaKmsOptionsValidator>();
        // An embedder that registers its own port before this call keeps it.
        services.TryAddSingleton<IClock, SystemClock>();
        services.TryAddSingleton<IChain>(provider => AdapterFactory.ChainOf(OptionsOf(provider)));
        services.TryAddSingleton<IOdyn>(provider => AdapterFactory.OdynOf(OptionsOf(provider)));
        services.TryAddSingleton<ITransport>(provider => AdapterFactory.TransportOf(OptionsOf(provider)));
        services.AddSingleton<NodeFactory>();
        services.AddSingleton(provider => provider.GetRequiredService<NodeFactory>().Create());
        services.AddHostedService<NodeService>();
        services.AddSingleton<FinalityTagCheck>();
        services.AddHostedService(provider => provider.GetRequiredService<FinalityTagCheck>());
        services.AddRoutingCore();
        services.Configure<KestrelServerOptions>(LimitKestrel);
        return services;
    }

    /// <summary>
    /// Sends every request that no other route takes to the node. Mount it at the root: callers sign the request target
    /// as they send it.
    /// </summary>
    public static IEndpointConventionBuilder MapNovaKms(this IEndpointRouteBuilder endpoints)
    {
        var options = OptionsOf(endpoints.ServiceProvider);
        var node = endpoints.ServiceProvider.GetRequiredService<KmsNode>();
        return endpoints.MapKms(node.HandleAsync, options.CorsOrigins, TimeSpan.FromMilliseconds(options.RequestTimeoutMs));
    }

    /// <param name="isOurs">Nobody but the node reads this configuration.</param>
    internal static IServiceCollection AddNovaKms(this IServiceCollection services, IConfiguration configuration, bool isOurs) =>
        services.AddNovaKms(options =>
        {
            // Before binding, which passes over what it does not know.
            ConfigurationKeys.Check(configuration, isOurs);
            configuration.Bind(options);
        });

    internal static IEndpointConventionBuilder MapKms(
        this IEndpointRouteBuilder endpoints,
        Func<KmsRequest, CancellationToken, Task<KmsResponse>> handle,
        IEnumerable<string> corsOrigins,
        TimeSpan requestTimeout)
    {
        var endpoint = new KmsHttpEndpoint(handle, new CorsRules(corsOrigins), new BodyBudget(MaxBodiesBytes), requestTimeout);
        return endpoints.Map("/{**target}", (RequestDelegate)endpoint.HandleAsync).WithOrder(int.MaxValue);
    }

    internal static void LimitKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestHeaderCount = Limits.MaxHeaders;
        limits.MaxRequestHeadersTotalSize = 4 * Limits.MaxHeaderValueBytes;
        limits.MaxRequestLineSize = Limits.MaxTargetBytes + 64;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1_024, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1_024, gracePeriod: TimeSpan.FromSeconds(5));
    }

    private static NovaKmsOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<NovaKmsOptions>>().Value;
}

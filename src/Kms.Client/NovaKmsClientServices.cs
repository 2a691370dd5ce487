using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Kms.Client;

/// <summary>Puts a client into a program: <c>services.AddNovaKmsClient(…)</c>, then inject <see cref="KmsClient"/>.</summary>
public static class NovaKmsClientServices
{
    /// <summary>Registers one <see cref="KmsClient"/> for the program.</summary>
    /// <param name="configuration">The section with the keys of <see cref="NovaKmsClientOptions"/>, and no others: one that is no setting is refused.</param>
    public static IServiceCollection AddNovaKmsClient(this IServiceCollection services, IConfiguration configuration) =>
        services.AddNovaKmsClient(options => configuration.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true));

    /// <inheritdoc cref="AddNovaKmsClient(IServiceCollection, IConfiguration)"/>
    /// <remarks>A program that registers an <see cref="IAppIdentity"/> of its own speaks for that, else for its supervisor's app.</remarks>
    public static IServiceCollection AddNovaKmsClient(this IServiceCollection services, Action<NovaKmsClientOptions> configure)
    {
        services.AddOptions<NovaKmsClientOptions>()
            .Configure(configure)
            .ValidateOnStart();
        services.TryAddSingleton<IValidateOptions<NovaKmsClientOptions>, Validator>();
        services.TryAddSingleton(static provider =>
            KmsClient.Connect(provider.GetRequiredService<IOptions<NovaKmsClientOptions>>().Value, provider.GetService<IAppIdentity>()));
        return services;
    }

    private sealed class Validator : IValidateOptions<NovaKmsClientOptions>
    {
        public ValidateOptionsResult Validate(string? name, NovaKmsClientOptions options)
        {
            string[] problems = [.. options.Problems()];
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}

namespace Kms.Integration.Support;

/// <summary>One deployment for the tests of a class that only add to it.</summary>
public sealed class RegistriesFixture : IAsyncLifetime
{
    internal Registries Registries { get; private set; } = null!;

    public async Task InitializeAsync() => Registries = await Registries.StartAsync();

    public async Task DisposeAsync() => await Registries.DisposeAsync();
}

namespace Kms.Integration.Support;

/// <summary>Tests that share one devnet; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDevnet : ICollectionFixture<DevnetFixture>
{
    public const string Name = "devnet";
}

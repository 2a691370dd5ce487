namespace Kms.Integration.Support;

/// <summary>Tests that share one devnet beside the oldest supervisor; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OldestDevnet : ICollectionFixture<OldestDevnetFixture>
{
    public const string Name = "devnet beside the oldest supervisor";
}

namespace Kms.Integration.Support;

/// <summary>Tests that start devnets of their own, one after the other, beside those that share one.</summary>
[CollectionDefinition(Name)]
public sealed class OwnDevnets
{
    public const string Name = "devnets of their own";
}

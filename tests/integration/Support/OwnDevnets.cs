namespace Kms.Integration.Support;

/// <summary>Tests of the cluster that start devnets of their own: one after the other, for several nodes of each are watched by the block.</summary>
[CollectionDefinition(Name)]
public sealed class OwnDevnets
{
    public const string Name = "devnets of their own";
}

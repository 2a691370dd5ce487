namespace Kms.Client;

/// <summary>Which nodes there are, with the keys that the chain gives them.</summary>
public interface INodeDirectory
{
    /// <summary>The members of the cluster now; never an unproven one.</summary>
    Task<Result<IReadOnlyList<KmsNodeAddress>, KmsError>> ListAsync(CancellationToken cancel);
}

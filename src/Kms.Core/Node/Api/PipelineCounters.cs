namespace Kms.Core.Node.Api;

/// <summary>What the pipeline counts. Reading is approximate while requests run.</summary>
internal sealed class PipelineCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<ApiError>().Length];
    private long _v1Proofs;
    private long _v2Proofs;
    private long _served;

    /// <summary>Requests of proven apps by v1: they could be paired with another request by whoever carries them.</summary>
    public long V1Proofs => Interlocked.Read(ref _v1Proofs);

    public long V2Proofs => Interlocked.Read(ref _v2Proofs);

    /// <summary>Answers with status 200.</summary>
    public long Served => Interlocked.Read(ref _served);

    public long Refused(ApiError error) => Interlocked.Read(ref _refused[(int)error]);

    public void CountProof(int version) => Interlocked.Increment(ref version == 1 ? ref _v1Proofs : ref _v2Proofs);

    public void CountServed() => Interlocked.Increment(ref _served);

    public void CountRefused(ApiError error) => Interlocked.Increment(ref _refused[(int)error]);
}

using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Kms.Properties.Adapters;

/// <summary>What our own reader decodes, as messages of the library: it encodes them for tests, and decodes them for the comparison.</summary>
internal sealed class InstanceAnswer
{
    [Parameter("tuple", "", 1)]
    public InstanceTuple Value { get; set; } = new();
}

internal sealed class InstanceTuple
{
    [Parameter("uint256", "instanceId", 1)]
    public BigInteger InstanceId { get; set; }

    [Parameter("uint256", "appId", 2)]
    public BigInteger AppId { get; set; }

    [Parameter("uint256", "versionId", 3)]
    public BigInteger VersionId { get; set; }

    [Parameter("address", "operator", 4)]
    public string Operator { get; set; } = string.Empty;

    [Parameter("string", "instanceUrl", 5)]
    public string InstanceUrl { get; set; } = string.Empty;

    [Parameter("bytes", "teePubkey", 6)]
    public byte[] TeePubkey { get; set; } = [];

    [Parameter("address", "teeWalletAddress", 7)]
    public string TeeWalletAddress { get; set; } = string.Empty;

    [Parameter("bool", "zkVerified", 8)]
    public bool ZkVerified { get; set; }

    [Parameter("uint8", "status", 9)]
    public byte Status { get; set; }

    [Parameter("uint256", "registeredAt", 10)]
    public BigInteger RegisteredAt { get; set; }
}

internal sealed class WalletsAnswer
{
    [Parameter("address[]", "", 1)]
    public List<string> Value { get; set; } = [];
}

internal sealed class EpochsAnswer
{
    [Parameter("tuple[]", "page", 1)]
    public List<EpochTuple> Page { get; set; } = [];
}

internal sealed class EpochTuple
{
    [Parameter("bytes32", "hash", 1)]
    public byte[] Hash { get; set; } = [];

    [Parameter("address", "proposer", 2)]
    public string Proposer { get; set; } = string.Empty;

    [Parameter("uint64", "activatedAtBlock", 3)]
    public ulong ActivatedAtBlock { get; set; }

    [Parameter("uint32", "confirmations", 4)]
    public uint Confirmations { get; set; }

    [Parameter("bool", "retired", 5)]
    public bool Retired { get; set; }
}

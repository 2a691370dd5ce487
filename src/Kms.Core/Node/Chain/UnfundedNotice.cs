using Kms.Core.Primitives;

namespace Kms.Core.Node.Chain;

/// <summary>What an operator can do for a wallet without ether: fund it, or relay this statement (design §5). Public facts.</summary>
internal sealed record UnfundedNotice(WalletAddress Wallet, string Statement, string Signature)
{
    public override string ToString() => $"fund {Wallet}, or relay the statement \"{Statement}\" with signature {Signature}";
}

using Kms.Core.Primitives;

namespace Kms.Core.Node.Chain;

/// <summary>What an operator can do for a wallet without ether: fund it, or relay this call (design §5). Public facts.</summary>
/// <param name="Statement">The text that the wallet signed, or the call itself where anybody may make it.</param>
/// <param name="Signature">Null where none is needed.</param>
internal sealed record UnfundedNotice(WalletAddress Wallet, string Statement, string? Signature)
{
    public override string ToString() => Signature is null
        ? $"fund {Wallet}, or call {Statement} from any account"
        : $"fund {Wallet}, or relay the statement \"{Statement}\" with signature {Signature}";
}

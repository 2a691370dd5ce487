namespace Kms.Core.Authentication;

/// <summary>Outcome of the one atomic consumption.</summary>
internal enum NonceConsumption
{
    Consumed,
    Replayed,
    Expired,

    /// <summary>The wallet has <see cref="Limits.MaxConsumedNoncesPerWallet"/> unexpired consumed nonces.</summary>
    WalletLimit,

    /// <summary>All wallets together have <see cref="Limits.MaxConsumedNonces"/>.</summary>
    GlobalLimit,
}

using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Secrets;

/// <summary>
/// For how long fresh final views have shown without a break that the platform ended this very instance (STOPPED, FAILED, or its
/// version REVOKED). Nothing else about membership can destroy a secret (design §4): not being listed, an inactive app, an
/// unapproved measurement and an answer that knows no such instance can all be repaired, or be a fault of the registry.
/// </summary>
/// <remarks>
/// Time counts only between two looks at fresh views that are at most <see cref="Limits.ChainStaleAfterMs"/> apart: a node that
/// was paused, or could not see the chain, has not seen the state last. Not thread-safe: the node's loop holds a lock.
/// </remarks>
internal sealed class EndOfInstance
{
    private long? _lastMs;
    private long _endedMs;

    /// <summary>The platform's verdict has stood for <see cref="Limits.EndedDestroyAfterMs"/>.</summary>
    public bool HasStood => _endedMs >= Limits.EndedDestroyAfterMs;

    /// <summary>True when the records, read for the wallet at one block, say that the platform ended the instance.</summary>
    public static bool IsEnded(WalletAddress self, AppId? kmsApp, InstanceRecord? instance, VersionRecord? version) =>
        kmsApp is { } app
        && instance is { } known && known.Wallet == self && known.App == app
        && (known.Status is InstanceStatus.Stopped or InstanceStatus.Failed
            || (version is { Status: VersionStatus.Revoked } && version.Id == known.Version && version.App == app));

    /// <param name="isEnded"><see cref="IsEnded"/> at the final view; null when nothing is known of it.</param>
    /// <param name="isFresh">Neither view is stale.</param>
    /// <param name="nowMs">Trusted time, Unix milliseconds.</param>
    public void Observe(bool? isEnded, bool isFresh, long nowMs)
    {
        if (isEnded == false || (isEnded is null && isFresh))
        {
            Forget();
            return;
        }

        if (!isFresh)
        {
            _lastMs = null;
            return;
        }

        if (_lastMs is { } last && nowMs >= last && nowMs - last <= Limits.ChainStaleAfterMs)
        {
            _endedMs += nowMs - last;
        }

        _lastMs = nowMs;
    }

    /// <summary>Starts over: the chain that it was seen on is gone.</summary>
    public void Forget()
    {
        _lastMs = null;
        _endedMs = 0;
    }
}

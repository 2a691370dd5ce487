namespace Kms.Core.Store;

/// <summary>Outcome of opening a sealed value.</summary>
internal enum SealerOpenResult
{
    Opened,
    EpochUnavailable,
    NotAuthentic,
}

namespace Kms.Core.Store;

/// <summary>What became of a record that a peer sent. The numbers are the wire's.</summary>
internal enum ReceiveVerdict
{
    /// <summary>Stored now, or held already.</summary>
    Stored = 0,

    /// <summary>A newer write is held.</summary>
    Superseded = 1,

    /// <summary>Cannot be judged yet: no secret for its epoch, or its timestamp is ahead of trusted time. Send it again later.</summary>
    Retry = 2,

    /// <summary>Not authentic or outside the protocol: never send it again.</summary>
    Invalid = 3,
}

namespace Kms.Core.Node.Handover;

/// <summary>Which side of a handover attests; part of what its document binds.</summary>
internal enum HandoverRole : byte
{
    /// <summary>Asks for the secret.</summary>
    Receiver = 1,

    /// <summary>Holds the secret.</summary>
    Sender = 2,
}

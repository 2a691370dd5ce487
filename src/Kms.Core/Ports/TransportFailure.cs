namespace Kms.Core.Ports;

/// <summary>Why a peer gave no answer. <see cref="Lost"/> says nothing about whether the request was acted on.</summary>
public enum TransportFailure
{
    Unresolved,
    Unreachable,
    TimedOut,
    Lost,
    TooLarge,
    TlsRefused,
}

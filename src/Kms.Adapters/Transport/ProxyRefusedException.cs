namespace Kms.Adapters.Transport;

/// <summary>The CONNECT proxy opened no tunnel. Travels through the HTTP stack as an inner exception.</summary>
internal sealed class ProxyRefusedException(string message) : IOException(message);

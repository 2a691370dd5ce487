namespace Kms.Core.Network;

/// <summary>Mints every <see cref="PinnedEndpoint"/> (design §3, findings H2 and M8).</summary>
internal sealed class AddressPolicy;

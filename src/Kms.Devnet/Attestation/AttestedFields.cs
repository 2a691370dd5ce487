namespace Kms.Devnet.Attestation;

/// <summary>The three fields of an attestation document that the hypervisor takes from whoever asks.</summary>
/// <param name="PublicKey">Null: none.</param>
internal sealed record AttestedFields(ReadOnlyMemory<byte> Nonce, TeePublicKey? PublicKey, ReadOnlyMemory<byte> UserData);

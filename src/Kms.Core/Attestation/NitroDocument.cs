using System.Diagnostics.CodeAnalysis;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Attestation;

/// <summary>A parsed AWS Nitro attestation document (CBOR COSE_Sign1, untagged or tagged 18). Parsed is not verified.</summary>
internal sealed class NitroDocument
{
    private readonly NitroPayload _payload;

    private NitroDocument(CoseSign1 envelope, NitroPayload payload)
    {
        Envelope = envelope;
        _payload = payload;
        byte[] measured = [.. Pcr(0), .. Pcr(1), .. Pcr(2)];
        CodeMeasurement = Keccak256.Hash(measured);
        IsDebugMode = !measured.AsSpan().ContainsAnyExcept((byte)0);
        PublicKey = TeePublicKey.TryFrom(payload.PublicKey.Span, out var key) ? key : null;
    }

    public string ModuleId => _payload.ModuleId;

    /// <summary>Unix milliseconds, by the hypervisor's clock.</summary>
    public long TimestampMs => _payload.TimestampMs;

    /// <summary>keccak256(pcr0 ‖ pcr1 ‖ pcr2).</summary>
    public Bytes32 CodeMeasurement { get; }

    /// <summary>PCR0-2 all zero: a debug enclave, whose memory the host can read.</summary>
    public bool IsDebugMode { get; }

    /// <summary>SPKI or raw point, as P-384 key; null when absent or something else.</summary>
    public TeePublicKey? PublicKey { get; }

    /// <summary>Empty when absent.</summary>
    public ReadOnlyMemory<byte> UserData => _payload.UserData;

    /// <summary>Empty when absent.</summary>
    public ReadOnlyMemory<byte> Nonce => _payload.Nonce;

    /// <summary>How many registers the document lists.</summary>
    public int PcrCount => _payload.Pcrs.Count;

    internal CoseSign1 Envelope { get; }

    internal byte[] Certificate => _payload.Certificate;

    internal IReadOnlyList<byte[]> Bundle => _payload.Bundle;

    /// <summary>A register of 48 bytes. 0, 1 and 2 are always there.</summary>
    public ReadOnlySpan<byte> Pcr(int index) => _payload.Pcrs[index];

    /// <summary>False for anything but one well-formed document within the limits (docs/spec/attestation.md).</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NitroDocument? document)
    {
        document = CoseSign1.TryParse(bytes, out var envelope) && NitroPayload.TryParse(envelope.Payload, out var payload)
            ? new NitroDocument(envelope, payload)
            : null;
        return document is not null;
    }
}

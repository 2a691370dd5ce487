using System.Formats.Cbor;
using Kms.Core.Attestation;

namespace Kms.Devnet.Attestation;

/// <summary>
/// A <b>simulated</b> Nitro hypervisor for devnets and simulators: a certificate chain of its own and attestation documents
/// under it, in the form of the real ones. It proves nothing about any machine, and no node that pins AWS's root accepts it.
/// </summary>
/// <remarks>The same seed and claims give the same bytes: keys come from the seed, signatures from RFC 6979. Thread-safe.</remarks>
internal sealed class NitroIssuer
{
    public const int SeedBytes = 32;

    private const int PcrBytes = 48;
    private const int PcrCount = 16;
    private const int MeasuredPcrs = 3;
    private const int MaxModuleIdLength = 64;
    private const int MaxCachedLeaves = 256;

    // As on AWS, a leaf lives three hours. A new one is made for each hour, valid from half an hour before it: a document's
    // leaf has at least 90 minutes left, and a verifier whose clock trails by minutes accepts it.
    private const long LeafLifeMs = 3 * HourMs;
    private const long LeafHeadStartMs = HourMs / 2;
    private const long HourMs = 3_600_000;

    private readonly object _gate = new();
    private readonly Dictionary<(string ModuleId, long Hour), NitroIssuerCertificate> _leaves = [];
    private readonly byte[] _seed;
    private readonly NitroIssuerCertificate _root;
    private readonly NitroIssuerCertificate _intermediate;

    /// <param name="seed">32 bytes. Whoever knows them can mint documents, so a devnet draws them anew at each start.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public NitroIssuer(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedBytes)
        {
            throw new ArgumentException($"{SeedBytes} bytes are needed", nameof(seed));
        }

        _seed = seed.ToArray();
        _root = NitroIssuerCertificate.Root(_seed);
        _intermediate = NitroIssuerCertificate.Intermediate(_seed, _root);
        Root = AttestationRoot.FromDer(_root.Der);
    }

    /// <summary>The root to pin.</summary>
    public AttestationRoot Root { get; }

    /// <summary>The root certificate, DER: for verifiers in other processes.</summary>
    public ReadOnlyMemory<byte> RootDer => _root.Der;

    /// <summary>A COSE_Sign1 document, untagged, as <c>/v1/attestation</c> gives it.</summary>
    /// <exception cref="ArgumentException">Claims outside their ranges.</exception>
    public byte[] Mint(NitroClaims claims)
    {
        Check(claims);
        var leaf = Leaf(claims.ModuleId, claims.TimestampMs / HourMs);
        var payload = Encode(claims, leaf);
        return Envelope(payload, leaf.Sign(CoseSign1.SignedBytes(payload)));
    }

    /// <summary>The COSE_Sign1 envelope of a payload and its signature, as Nitro writes it (untagged).</summary>
    internal static byte[] Envelope(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature)
    {
        Invariant.Require(signature.Length == CoseSign1.SignatureBytes);
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteByteString(CoseSign1.Es384Header);
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteByteString(payload);
        writer.WriteByteString(signature);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static void Check(NitroClaims claims)
    {
        if (claims.Pcrs.Count != MeasuredPcrs || claims.Pcrs.Any(pcr => pcr.Length != PcrBytes))
        {
            throw new ArgumentException("three registers of 48 bytes are needed", nameof(claims));
        }

        var time = claims.TimestampMs;
        if (time < NitroIssuerCertificate.NotBefore.ToUnixTimeMilliseconds() + HourMs
            || time > NitroIssuerCertificate.NotAfter.ToUnixTimeMilliseconds() - LeafLifeMs)
        {
            throw new ArgumentException("a time between 2001 and 2099 is needed", nameof(claims));
        }

        if (claims.ModuleId.Length is 0 or > MaxModuleIdLength || !System.Text.Ascii.IsValid(claims.ModuleId))
        {
            throw new ArgumentException("a module id of 1 to 64 ASCII characters is needed", nameof(claims));
        }
    }

    private NitroIssuerCertificate Leaf(string moduleId, long hour)
    {
        lock (_gate)
        {
            if (_leaves.TryGetValue((moduleId, hour), out var known))
            {
                return known;
            }

            if (_leaves.Count == MaxCachedLeaves)
            {
                _leaves.Clear();
            }

            var notBefore = DateTimeOffset.FromUnixTimeMilliseconds(hour * HourMs - LeafHeadStartMs);
            var leaf = NitroIssuerCertificate.Leaf(_seed, _intermediate, moduleId, notBefore, notBefore.AddMilliseconds(LeafLifeMs));
            _leaves.Add((moduleId, hour), leaf);
            return leaf;
        }
    }

    private byte[] Encode(NitroClaims claims, NitroIssuerCertificate leaf)
    {
        // Lax: real documents are not in canonical order either.
        var writer = new CborWriter(CborConformanceMode.Lax);
        writer.WriteStartMap(9);
        writer.WriteTextString("module_id");
        writer.WriteTextString(claims.ModuleId);
        writer.WriteTextString("digest");
        writer.WriteTextString("SHA384");
        writer.WriteTextString("timestamp");
        writer.WriteInt64(claims.TimestampMs);
        writer.WriteTextString("pcrs");
        WritePcrs(writer, claims.Pcrs);
        writer.WriteTextString("certificate");
        writer.WriteByteString(leaf.Der);
        writer.WriteTextString("cabundle");
        writer.WriteStartArray(2);
        writer.WriteByteString(_root.Der);
        writer.WriteByteString(_intermediate.Der);
        writer.WriteEndArray();
        writer.WriteTextString("public_key");
        WriteOptional(writer, KeyBytes(claims));
        writer.WriteTextString("user_data");
        WriteOptional(writer, claims.Fields.UserData.Span);
        writer.WriteTextString("nonce");
        WriteOptional(writer, claims.Fields.Nonce.Span);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static byte[] KeyBytes(NitroClaims claims) => (claims.Fields.PublicKey, claims.KeyForm) switch
    {
        (null, _) => [],
        ({ } key, AttestedKeyForm.RawPoint) => key.Point.ToArray(),
        ({ } key, _) => key.ToSpki(),
    };

    private static void WritePcrs(CborWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> pcrs)
    {
        writer.WriteStartMap(PcrCount);
        for (int i = 0; i < PcrCount; i++)
        {
            writer.WriteInt32(i);
            writer.WriteByteString(i < pcrs.Count ? pcrs[i].Span : new byte[PcrBytes]);
        }

        writer.WriteEndMap();
    }

    private static void WriteOptional(CborWriter writer, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            writer.WriteNull();
        }
        else
        {
            writer.WriteByteString(value);
        }
    }
}

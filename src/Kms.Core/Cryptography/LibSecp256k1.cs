using System.Runtime.InteropServices;

namespace Kms.Core.Cryptography;

/// <summary>Bitcoin Core's libsecp256k1 with its recovery module, by P/Invoke: constant-time, and about 25 times faster than managed code.</summary>
/// <remarks>
/// The library aborts the process on arguments that its headers call illegal (null, recovery id over 3), so every length is
/// checked here. Its context is only read after creation and may be shared between threads.
/// </remarks>
internal sealed unsafe class LibSecp256k1 : ISecp256k1
{
    // secp256k1.h: verify and sign. Releases from 0.2 on ignore these bits, earlier ones need them.
    private const uint ContextFlags = 0x301;
    private const uint UncompressedFlag = 1 << 1;
    private const int RecoverableBytes = 65;
    private const int PublicKeyBytes = 64;

    // The calls used here have not changed their signatures between these sonames.
    private static readonly string[] Sonames = ["libsecp256k1.so.1", "libsecp256k1.so.2"];

    private readonly nint _context;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int> _parseCompact;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int> _recover;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int> _serializeKey;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, nint, int> _sign;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int*, byte*, int> _serializeSignature;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int> _createKey;

    private LibSecp256k1(nint library)
    {
        var create = (delegate* unmanaged[Cdecl]<uint, nint>)NativeLibrary.GetExport(library, "secp256k1_context_create");
        _parseCompact = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int>)NativeLibrary.GetExport(library, "secp256k1_ecdsa_recoverable_signature_parse_compact");
        _recover = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int>)NativeLibrary.GetExport(library, "secp256k1_ecdsa_recover");
        _serializeKey = (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int>)NativeLibrary.GetExport(library, "secp256k1_ec_pubkey_serialize");
        _sign = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, nint, int>)NativeLibrary.GetExport(library, "secp256k1_ecdsa_sign_recoverable");
        _serializeSignature = (delegate* unmanaged[Cdecl]<nint, byte*, int*, byte*, int>)NativeLibrary.GetExport(library, "secp256k1_ecdsa_recoverable_signature_serialize_compact");
        _createKey = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)NativeLibrary.GetExport(library, "secp256k1_ec_pubkey_create");
        _context = create(ContextFlags);
        Invariant.Require(_context != 0);
    }

    public string Name => "libsecp256k1";

    /// <summary>Null where no library with the recovery module is installed.</summary>
    public static LibSecp256k1? TryLoad()
    {
        foreach (var soname in Sonames)
        {
            if (NativeLibrary.TryLoad(soname, out nint library))
            {
                if (NativeLibrary.TryGetExport(library, "secp256k1_ecdsa_recover", out _))
                {
                    return new LibSecp256k1(library);
                }

                NativeLibrary.Free(library);
            }
        }

        return null;
    }

    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point)
    {
        Invariant.Require(digest.Length == UInt256Words.Size);
        Invariant.Require(compact.Length == 2 * UInt256Words.Size);
        Invariant.Require(parity is 0 or 1);
        Invariant.Require(point.Length == ISecp256k1.PointBytes);
        byte* signature = stackalloc byte[RecoverableBytes];
        byte* key = stackalloc byte[PublicKeyBytes];
        fixed (byte* digestPtr = digest, compactPtr = compact)
        {
            return _parseCompact(_context, signature, compactPtr, parity) == 1
                && _recover(_context, key, signature, digestPtr) == 1
                && Serialize(key, point);
        }
    }

    public int Sign(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, Span<byte> compact)
    {
        Invariant.Require(scalar.Length == UInt256Words.Size);
        Invariant.Require(digest.Length == UInt256Words.Size);
        Invariant.Require(compact.Length == 2 * UInt256Words.Size);
        byte* signature = stackalloc byte[RecoverableBytes];
        int parity;
        fixed (byte* scalarPtr = scalar, digestPtr = digest, compactPtr = compact)
        {
            // Null nonce function and data: RFC 6979 with HMAC-SHA256. The result always has low s.
            Invariant.Require(_sign(_context, signature, digestPtr, scalarPtr, 0, 0) == 1);
            Invariant.Require(_serializeSignature(_context, compactPtr, &parity, signature) == 1);
        }

        Invariant.Require(parity is 0 or 1);
        return parity;
    }

    public bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point)
    {
        Invariant.Require(scalar.Length == UInt256Words.Size);
        Invariant.Require(point.Length == ISecp256k1.PointBytes);
        byte* key = stackalloc byte[PublicKeyBytes];
        fixed (byte* scalarPtr = scalar)
        {
            return _createKey(_context, key, scalarPtr) == 1 && Serialize(key, point);
        }
    }

    private bool Serialize(byte* key, Span<byte> point)
    {
        nuint length = ISecp256k1.PointBytes;
        fixed (byte* pointPtr = point)
        {
            return _serializeKey(_context, pointPtr, &length, key, UncompressedFlag) == 1 && length == ISecp256k1.PointBytes;
        }
    }
}

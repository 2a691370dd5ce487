using System.Runtime.InteropServices;

namespace Kms.Benchmarks;

/// <summary>The floor of a recovery: the three calls into libsecp256k1 by raw pointers, with nothing around them.</summary>
internal sealed unsafe class NativeRecovery
{
    private const int RecoverableBytes = 65;
    private const int PublicKeyBytes = 64;
    private const uint UncompressedFlag = 1 << 1;
    private const uint NoFlags = 1;

    private readonly nint _context;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int> _parseCompact;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int> _recover;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int> _serializeKey;

    public NativeRecovery()
    {
        nint library = NativeLibrary.Load("secp256k1", typeof(Secp256k1Net.Secp256k1).Assembly, null);
        _context = ((delegate* unmanaged[Cdecl]<uint, nint>)NativeLibrary.GetExport(library, "secp256k1_context_create"))(NoFlags);
        _parseCompact = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int>)NativeLibrary.GetExport(library, "secp256k1_ecdsa_recoverable_signature_parse_compact");
        _recover = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int>)NativeLibrary.GetExport(library, "secp256k1_ecdsa_recover");
        _serializeKey = (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int>)NativeLibrary.GetExport(library, "secp256k1_ec_pubkey_serialize");
    }

    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point)
    {
        byte* signature = stackalloc byte[RecoverableBytes];
        byte* key = stackalloc byte[PublicKeyBytes];
        nuint length = (nuint)point.Length;
        fixed (byte* digestPtr = digest, compactPtr = compact, pointPtr = point)
        {
            return _parseCompact(_context, signature, compactPtr, parity) == 1
                && _recover(_context, key, signature, digestPtr) == 1
                && _serializeKey(_context, pointPtr, &length, key, UncompressedFlag) == 1;
        }
    }
}

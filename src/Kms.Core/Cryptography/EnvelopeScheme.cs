using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Kms.Core.Cryptography;

/// <summary>
/// How a supervisor derives the key of its <c>/v1/encryption</c> envelopes; builds differ, and both ends must agree
/// (tests/properties/Vectors/capsule-envelope.json). A node's own supervisor does it: only apps that hold their own key choose one.
/// </summary>
public sealed class EnvelopeScheme
{
    private readonly byte[] _info;

    private EnvelopeScheme(string name, string info, bool isSalted) => (Name, _info, IsSalted) = (name, Encoding.ASCII.GetBytes(info), isSalted);

    /// <summary>All of them, the oldest first.</summary>
    public static IReadOnlyList<EnvelopeScheme> All { get; } =
    [
        new("odyn-until-1.4.1", "encryption data", isSalted: false),
        new("enclaver-from-1.4.2", "enclaver-ecdh-aes256gcm-v1", isSalted: true),
        new("capsule-from-1.7.2", "capsule-api-ecdh-aes256gcm-v1", isSalted: true),
        new("capsule-from-1.8.0", "capsule-ecdh-aes256gcm-v1", isSalted: true),
    ];

    /// <summary>What supervisors of today speak.</summary>
    public static EnvelopeScheme Newest => All[^1];

    /// <summary>Supervisor and first version, e.g. <c>capsule-from-1.8.0</c>.</summary>
    public string Name { get; }

    /// <summary>Salted with both public keys, the smaller first, and the nonce; the oldest has no salt.</summary>
    internal bool IsSalted { get; }

    /// <summary>HKDF's info.</summary>
    internal ReadOnlySpan<byte> Info => _info;

    public static bool TryFind(string? name, [NotNullWhen(true)] out EnvelopeScheme? scheme)
    {
        scheme = All.FirstOrDefault(one => one.Name == name);
        return scheme is not null;
    }

    public override string ToString() => Name;
}

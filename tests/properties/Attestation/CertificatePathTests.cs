using FsCheck.Xunit;
using Kms.Core.Attestation;

namespace Kms.Properties.Attestation;

public class CertificatePathTests
{
    private static readonly byte[] Leaf;
    private static readonly IReadOnlyList<byte[]> Bundle;

    static CertificatePathTests()
    {
        NitroDocument.TryParse(NitroVectors.ProductionBytes, out var document).ShouldBeTrue();
        Leaf = document!.Certificate;
        Bundle = document.Bundle;
    }

    [Fact]
    public void The_real_path_is_trusted() => IsTrusted(Leaf, Bundle).ShouldBeTrue();

    [Fact]
    public void A_changed_certificate_is_refused_wherever_it_was_changed()
    {
        // Every fifth byte, in another phase for each certificate: all of them take a minute.
        var accepted = new List<string>();
        for (int which = 0; which < Bundle.Count; which++)
        {
            var original = which == 0 ? Leaf : Bundle[which];
            for (int i = which; i < original.Length; i += 5)
            {
                var changed = Changed(original, i, (byte)(original[i] ^ (1 << (i % 8))));
                var (leaf, bundle) = which == 0 ? (changed, Bundle) : (Leaf, [.. Bundle.Take(which), changed, .. Bundle.Skip(which + 1)]);
                if (IsTrusted(leaf, bundle))
                {
                    accepted.Add($"certificate {which}, byte {i} of {original.Length}");
                }
            }
        }

        accepted.ShouldBeEmpty();
    }

    [Fact]
    public void Reading_a_changed_certificate_never_throws()
    {
        // BouncyCastle answers malformed certificates with five kinds of exception; none may reach a peer's request.
        int read = 0;
        for (int i = 0; i < Leaf.Length; i++)
        {
            foreach (byte value in new byte[] { 0, 0x80, 0xff, (byte)(Leaf[i] + 1), (byte)(Leaf[i] ^ 0x20) })
            {
                read += NitroCertificate.TryRead(Changed(Leaf, i, value), out _) ? 1 : 0;
            }
        }

        // Changes in names, times and signatures still read, changes of structure do not.
        read.ShouldBeInRange(Leaf.Length / 2, Leaf.Length * 4);
    }

    [Fact]
    public void A_changed_certificate_as_a_root_is_an_argument_error_whatever_was_changed()
    {
        var root = AttestationRoot.Aws.Der.ToArray();
        for (int i = 0; i < root.Length; i++)
        {
            var changed = Changed(root, i, (byte)(root[i] ^ (1 << (i % 8))));
            Should.Throw<ArgumentException>(() => AttestationRoot.FromDer(changed), $"byte {i}");
        }
    }

    [Property]
    public void Arbitrary_bytes_are_no_certificate(byte[] bytes)
    {
        NitroCertificate.TryRead(bytes, out _).ShouldBeFalse();
        IsTrusted(bytes, Bundle).ShouldBeFalse();
    }

    [Fact]
    public void A_path_must_be_whole_in_order_and_end_at_a_leaf()
    {
        IsTrusted(Leaf, []).ShouldBeFalse();
        IsTrusted(Leaf, [Bundle[0]]).ShouldBeFalse();
        IsTrusted(Leaf, [.. Bundle.Skip(1)]).ShouldBeFalse();
        IsTrusted(Leaf, [.. Bundle.Take(Bundle.Count - 1)]).ShouldBeFalse();
        IsTrusted(Leaf, [Bundle[0], Bundle[2], Bundle[1], Bundle[3]]).ShouldBeFalse();
        IsTrusted(Leaf, [.. Bundle, Bundle[^1]]).ShouldBeFalse();

        // An intermediate is signed by the chain too, but may not sign documents.
        IsTrusted(Bundle[^1], [.. Bundle.Take(Bundle.Count - 1)]).ShouldBeFalse();
        IsTrusted(Bundle[0], [Bundle[0]]).ShouldBeFalse();
    }

    private static byte[] Changed(byte[] original, int position, byte value)
    {
        var changed = (byte[])original.Clone();
        changed[position] = value;
        return changed;
    }

    private static bool IsTrusted(byte[] leaf, IReadOnlyList<byte[]> bundle) =>
        CertificatePath.Validate(AttestationRoot.Aws, leaf, bundle, NitroVectors.ProductionTime).TryGet(out _);
}

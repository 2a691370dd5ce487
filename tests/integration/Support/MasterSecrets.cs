using Kms.Core.Node;
using Kms.Core.Secrets;
using Kms.Devnet;

namespace Kms.Integration.Support;

/// <summary>Takes the master secret out of a node of this process, through the same gate as a handover: to look for it elsewhere.</summary>
internal static class MasterSecrets
{
    public static byte[] Of(DevnetNode node)
    {
        var parts = node.Running!.Parts!;
        var view = parts.Membership.Usable!;
        var current = view.AtFinal.Kms.Current!;
        var holder = Holder.Of(parts.Secrets, view, current.Epoch, current.Hash).ShouldNotBeNull();
        parts.Secrets.TryHandOver(holder!, Copy, out byte[]? bytes).ShouldBeTrue();
        return bytes!;
    }

    private static byte[] Copy(MasterSecret secret)
    {
        byte[] bytes = new byte[MasterSecret.Size];
        secret.CopyTo(bytes, SecretKeyAccess.Handover);
        return bytes;
    }
}

using System.Text;
using Kms.Core;
using Kms.Core.Node.Peers;

namespace Kms.Properties.Node;

public sealed class PeerJsonTests
{
    [Theory]
    [InlineData(Limits.MaxJsonDepth, true)]
    [InlineData(Limits.MaxJsonDepth + 1, false)]
    public void Answers_of_peers_are_read_down_to_the_limit_of_nesting(int depth, bool read)
    {
        // The object itself is the first level.
        string nested = new string('[', depth - 1) + new string(']', depth - 1);
        string nonce = Convert.ToBase64String(new byte[Limits.NonceBytes]);
        byte[] body = Encoding.UTF8.GetBytes($$"""{"later":{{nested}},"ready":true,"nonce":"{{nonce}}"}""");

        PeerJson.SaysReady(body).ShouldBe(read);
        PeerJson.TryReadNonce(body, out string? found).ShouldBe(read);
        found.ShouldBe(read ? nonce : null);
    }
}

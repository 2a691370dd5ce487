using System.Text;
using FsCheck.Xunit;
using Kms.Core.Primitives;

namespace Kms.Properties.Authentication;

public sealed class StrictBase64Tests
{
    [Property(MaxTest = 500)]
    public void What_is_encoded_is_decoded(byte[] bytes)
    {
        bytes ??= [];
        var text = Convert.ToBase64String(bytes);
        StrictBase64.TryDecode(Encoding.ASCII.GetBytes(text), bytes.Length, out var decoded).ShouldBeTrue();
        decoded.ShouldBe(bytes);
        var exact = new byte[bytes.Length];
        StrictBase64.TryDecode(text, exact).ShouldBeTrue();
        exact.ShouldBe(bytes);
        if (bytes.Length > 0)
        {
            StrictBase64.TryDecode(Encoding.ASCII.GetBytes(text), bytes.Length - 1, out _).ShouldBeFalse();
            StrictBase64.TryDecode(text, new byte[bytes.Length - 1]).ShouldBeFalse();
        }
    }

    [Property(MaxTest = 2000)]
    public void One_value_has_one_text(byte[] picks)
    {
        const string Alphabet = "AQBx+/=- \n_";
        var text = string.Concat((picks ?? []).Select(pick => Alphabet[pick % Alphabet.Length]));
        if (StrictBase64.TryDecode(Encoding.ASCII.GetBytes(text), 1024, out var bytes))
        {
            Convert.ToBase64String(bytes).ShouldBe(text);
        }
    }

    [Theory]
    [InlineData("QQ==", true)]
    [InlineData("QR==", false)]
    [InlineData("QUI=", true)]
    [InlineData("QUJ=", false)]
    [InlineData("QQ=", false)]
    [InlineData("Q===", false)]
    [InlineData("QQ==QQ==", false)]
    [InlineData("QQ==\n", false)]
    public void Some_texts_by_hand(string text, bool accepted) =>
        StrictBase64.TryDecode(Encoding.ASCII.GetBytes(text), 64, out _).ShouldBe(accepted);
}

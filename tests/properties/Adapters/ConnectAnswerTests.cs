using System.Text;
using Kms.Adapters.Transport;

namespace Kms.Properties.Adapters;

/// <summary>What a proxy answers to CONNECT: only HTTP/1 with a 2xx opens a tunnel, and not a byte of the tunnel is taken.</summary>
public sealed class ConnectAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n", true)]
    [InlineData("HTTP/1.0 299\r\n\r\n", true)]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", false)]
    [InlineData("HTTP/1.1 20\r\n\r\n", false)]
    [InlineData("HTTP/1.x 200 OK\r\n\r\n", false)]
    [InlineData("HTTP/2 200\r\n\r\n", false)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", false)]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", false)]
    [InlineData("X: HTTP/1.1 200 OK\r\n\r\n", false)]
    [InlineData("\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\n\n", false)]
    public void Only_a_2xx_opens_a_tunnel(string text, bool opens)
    {
        var answer = Read(text, out _);
        answer.OpensTunnel.ShouldBe(opens);
        answer.IsTooLong.ShouldBeFalse();
    }

    [Fact]
    public void What_follows_the_empty_line_is_not_taken()
    {
        const string Head = "HTTP/1.1 200 OK\r\n\r\n";
        Read(Head + "\u0016\u0003\u0001", out int taken).OpensTunnel.ShouldBeTrue();
        taken.ShouldBe(Head.Length);
    }

    [Fact]
    public void An_answer_without_end_is_given_up()
    {
        var answer = Read("HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000), out int taken);
        (answer.IsTooLong, answer.OpensTunnel, taken).ShouldBe((true, false, ConnectAnswer.MaxBytes));
    }

    [Fact]
    public void A_person_reads_a_short_line_without_control_characters()
    {
        string line = Read($"HTTP/1.1 403 \u001b[31m\u0085{new string('x', 500)}\r\n\r\n", out _).StatusLine;
        line.ShouldStartWith("HTTP/1.1 403  [31m x");
        line.Length.ShouldBe(ConnectAnswer.MaxLineChars);
    }

    private static ConnectAnswer Read(string text, out int taken)
    {
        var answer = new ConnectAnswer();
        taken = 0;
        foreach (byte octet in Encoding.Latin1.GetBytes(text))
        {
            taken++;
            if (!answer.Take(octet))
            {
                break;
            }
        }

        return answer;
    }
}

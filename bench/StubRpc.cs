using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Benchmarks;

/// <summary>
/// An Ethereum RPC on loopback whose registries have so many operators, all active instances of one version. Its answers are made
/// before: it reads the calls, writes texts, and allocates next to nothing while it is measured.
/// </summary>
internal sealed class StubRpc : IDisposable
{
    public const ulong ChainId = 31337;
    private const int App = 7;
    private const int Version = 3;
    private static readonly Encoding Ascii = Encoding.ASCII;
    private static readonly WalletAddress Registry = WalletAddress.Parse("0x00000000000000000000000000000000000a99e9");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, byte[]> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]>.AlternateLookup<ReadOnlySpan<char>> _bySelector;
    private readonly byte[][] _instances;
    private readonly byte[] _header;
    private readonly char[] _selector = new char[10];
    private readonly byte[] _request = new byte[1024 * 1024];

    public StubRpc(int operators)
    {
        _bySelector = _answers.GetAlternateLookup<ReadOnlySpan<char>>();
        var wallets = Enumerable.Range(1, operators).Select(Wallet).ToArray();
        byte[] list = [.. Word(32), .. Word((ulong)operators), .. wallets.SelectMany(Word)];
        _header = Ascii.GetBytes($"{{\"number\":\"0x64\",\"hash\":\"{At.Hash}\",\"timestamp\":\"0x{At.TimestampSeconds:x}\"}}");
        Add("ed07f59e", NodeState());
        Add("07cdea7e", [.. Word(32), .. Word(2), .. Epoch(1), .. Epoch(2)]);
        Add("27a099d8", list);
        Add("c7b6b81b", Word(0));
        Add("42165882", Word(Registry));
        Add("24f3a51b", Tuple(Word(App), Word(Wallet(1)), Word(0), Word(Registry), "ipfs://an-app-of-some-name"u8.ToArray(), Word(3), Word(1), Word(0), Word(0)));
        Add("8c228cbf", list);
        Add("6987b075", Tuple(
            Word(Version),
            "1.0.0"u8.ToArray(),
            Word(9),
            "registry.example/image:1.0.0"u8.ToArray(),
            "https://example.org/audit"u8.ToArray(),
            Inputs.Filled(0x61, 64),
            "1234567890"u8.ToArray(),
            Word(0),
            Word(1),
            Word(Registry)));
        _instances = [.. wallets.Select((wallet, i) => Quoted(Instance(wallet, i)))];
        _listener.Start();
        _ = ServeAsync();
    }

    public static BlockRef At { get; } = new(100, Bytes32.From(Inputs.Filled(0xb1, 32)), 1_760_000_000);

    public static WalletAddress Wallet(int number)
    {
        var bytes = Inputs.Filled(0x11, WalletAddress.Size);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), number);
        return WalletAddress.From(bytes);
    }

    public static WalletAddress KmsRegistry { get; } = WalletAddress.Parse("0x00000000000000000000000000000000000005e5");

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Is given the body of each request, when set.</summary>
    public Action<byte[]>? Recorder { get; set; }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        client.NoDelay = true;
        using var stream = client.GetStream();
        var answer = new ArrayBufferWriter<byte>(4 * 1024 * 1024);
        int filled = 0;
        while (true)
        {
            int read = await stream.ReadAsync(_request.AsMemory(filled));
            if (read == 0)
            {
                return;
            }

            filled += read;
            int body = _request.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) + 4;
            if (body < 4 || filled - body < Length(_request.AsSpan(0, body)))
            {
                continue;
            }

            Recorder?.Invoke(_request[body..filled]);
            Answer(_request.AsSpan(body, filled - body), answer);
            await stream.WriteAsync(Head(answer.WrittenCount));
            await stream.WriteAsync(answer.WrittenMemory);
            answer.ResetWrittenCount();
            filled = 0;
        }
    }

    private static byte[] Head(int length) => Ascii.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"));

    private static int Length(ReadOnlySpan<byte> head)
    {
        var rest = head[(head.IndexOf("Content-Length: "u8) + 16)..];
        return int.Parse(rest[..rest.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    private void Answer(ReadOnlySpan<byte> request, ArrayBufferWriter<byte> answer)
    {
        var json = new Utf8JsonReader(request);
        json.Read();
        answer.Write("["u8);
        string separator = "";
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            AnswerCall(ref json, answer, separator);
            separator = ",";
        }

        answer.Write("]"u8);
    }

    private void AnswerCall(ref Utf8JsonReader json, ArrayBufferWriter<byte> answer, string separator)
    {
        int depth = json.CurrentDepth;
        ReadOnlySpan<byte> result = _header;
        Ascii.GetBytes(separator, answer);
        while (json.Read() && json.CurrentDepth > depth)
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                answer.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
                answer.Write(json.ValueSpan);
            }
            else if (json.ValueTextEquals("method"u8))
            {
                json.Read();
                result = json.ValueTextEquals("eth_chainId"u8) ? "\"0x7a69\""u8 : result;
            }
            else if (json.ValueTextEquals("data"u8))
            {
                json.Read();
                result = Result(json.ValueSpan);
            }
        }

        answer.Write(",\"result\":"u8);
        answer.Write(result);
        answer.Write("}"u8);
    }

    private ReadOnlySpan<byte> Result(ReadOnlySpan<byte> data)
    {
        Ascii.GetChars(data[..10], _selector);
        return _bySelector.TryGetValue(_selector, out byte[]? made) ? made : _instances[int.Parse(data[^8..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - 1];
    }

    private void Add(string selector, byte[] data) => _answers.Add("0x" + selector, Quoted(data));

    private static byte[] Quoted(byte[] data) => Ascii.GetBytes($"\"{Hex.Encode(data)}\"");

    private static byte[] NodeState() =>
    [
        .. Word(32), .. Word(App), .. Word(Registry), .. Word(2), .. Word(2), .. Word(0), .. Word(0), .. Word(3), .. Word(100),
        .. new byte[8 * 32], .. Word(17 * 32), .. Word(1), .. Word(9),
    ];

    private static byte[] Epoch(byte number) => [.. Word(number), .. Word(Wallet(1)), .. Word(5), .. Word(3), .. Word(0)];

    private static byte[] Instance(WalletAddress wallet, int index) => Tuple(
        Word((ulong)index + 1),
        Word(App),
        Word(Version),
        Word(Registry),
        Ascii.GetBytes($"https://node-{index}.kms.example.org:8443"),
        Inputs.Tee((byte)(index % 200)).PublicKey.ToSpki(),
        Word(wallet),
        Word(1),
        Word(0),
        Word(1_760_000_000));

    /// <summary>Members of 32 bytes are words; others are dynamic.</summary>
    private static byte[] Tuple(params byte[][] members)
    {
        var tail = new List<byte>();
        var head = new List<byte>(Word(32));
        foreach (byte[] member in members)
        {
            head.AddRange(member.Length == 32 ? member : Word((ulong)((members.Length * 32) + tail.Count)));
            tail.AddRange(member.Length == 32 ? [] : [.. Word((ulong)member.Length), .. member, .. new byte[(32 - (member.Length % 32)) % 32]]);
        }

        return [.. head, .. tail];
    }

    private static byte[] Word(WalletAddress value) => [.. new byte[12], .. value.ToArray()];

    private static byte[] Word(ulong value)
    {
        var word = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), value);
        return word;
    }
}

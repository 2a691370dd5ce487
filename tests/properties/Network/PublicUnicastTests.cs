using System.Net;
using System.Numerics;
using FsCheck.Xunit;
using Kms.Core.Network;

namespace Kms.Properties.Network;

/// <summary>
/// The whole address space, class by class, against a table of first and last addresses: written as ranges of numbers, so
/// that it shares neither notation nor code with the prefixes under test.
/// </summary>
public sealed class PublicUnicastTests
{
    private static readonly (string First, string Last)[] NotPublicV4 =
    [
        ("0.0.0.0", "0.255.255.255"), ("10.0.0.0", "10.255.255.255"), ("100.64.0.0", "100.127.255.255"),
        ("127.0.0.0", "127.255.255.255"), ("169.254.0.0", "169.254.255.255"), ("172.16.0.0", "172.31.255.255"),
        ("192.0.0.0", "192.0.0.255"), ("192.0.2.0", "192.0.2.255"), ("192.31.196.0", "192.31.196.255"),
        ("192.52.193.0", "192.52.193.255"), ("192.88.99.0", "192.88.99.255"), ("192.168.0.0", "192.168.255.255"),
        ("192.175.48.0", "192.175.48.255"), ("198.18.0.0", "198.19.255.255"), ("198.51.100.0", "198.51.100.255"),
        ("203.0.113.0", "203.0.113.255"), ("224.0.0.0", "255.255.255.255"),
    ];

    private static readonly (string First, string Last)[] NotPublicV6 =
    [
        // ::, ::1, IPv4-compatible and -mapped, 64:ff9b::/96 and 64:ff9b:1::/48, 100::/64: all below 2000::.
        ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
        ("3ffe::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        // SRv6, unique local, link-local, site-local, multicast: all above 3fff.
        ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ];

    [Property(MaxTest = 5000)]
    public void Every_IPv4_address_is_classed_as_the_table_says(uint number) => Agrees(V4(number));

    [Property(MaxTest = 5000)]
    public void Every_IPv6_address_is_classed_as_the_table_says(ulong high, ulong low, byte area)
    {
        // Most of the space is dull: aim at what begins like a special range.
        ulong[] heads =
        [
            0, 0x0064_ff9b, 0x0100_0000, 0x2001_0000, 0x2001_0200, 0x2001_0db8, 0x2002_0000, 0x2620_004f, 0x2a00_0000, 0x3ffe_0000, 0x3fff_0000,
            0xfc00_0000, 0xfe80_0000, 0xfec0_0000, 0xff02_0000, high >> 32,
        ];
        ulong head = heads[area % heads.Length];
        Agrees(V6(((UInt128)((head << 32) | (high & 0xffff_ffff)) << 64) | low));
    }

    [Fact]
    public void Each_range_ends_where_the_table_says()
    {
        foreach (var (first, last) in NotPublicV4.Concat(NotPublicV6))
        {
            var low = Number(IPAddress.Parse(first));
            var high = Number(IPAddress.Parse(last));
            bool v4 = first.Contains('.', StringComparison.Ordinal);
            var max = v4 ? uint.MaxValue : (BigInteger)UInt128.MaxValue;
            foreach (var edge in (BigInteger[])[low - 1, low, high, high + 1])
            {
                if (edge >= 0 && edge <= max)
                {
                    Agrees(v4 ? V4((uint)edge) : V6((UInt128)edge));
                }
            }
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%3")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("100.100.100.200")]
    [InlineData("255.255.255.255")]
    public void What_attackers_try_is_refused(string address) => PublicUnicast.Contains(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2a00:1450::1")]
    public void Hosts_of_the_Internet_are_accepted(string address) => PublicUnicast.Contains(IPAddress.Parse(address)).ShouldBeTrue();

    private static void Agrees(IPAddress address)
    {
        var table = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? NotPublicV4 : NotPublicV6;
        var number = Number(address);
        bool special = table.Any(range => number >= Number(IPAddress.Parse(range.First)) && number <= Number(IPAddress.Parse(range.Last)));
        PublicUnicast.Contains(address).ShouldBe(!special, address.ToString());
    }

    private static BigInteger Number(IPAddress address) => new(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true);

    private static IPAddress V4(uint number) => new([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);

    private static IPAddress V6(UInt128 number)
    {
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}

using System.Net;
using Smb1Exporter.Probing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

public sealed class ListeningAddressesTests
{
    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::", "::1")]
    [InlineData("::1", "::1")]
    [InlineData("fd00::2", "fd00::2")]
    [InlineData("fe80::fc:ff:fe00:1", "fe80::fc:ff:fe00:1%4")]
    public void A_socket_is_asked_where_this_machine_reaches_it(string bound, string ask) =>
        Assert.Equal(IPAddress.Parse(ask), Ask(Samples.Read("proc-net-if_inet6"), bound, takesIPv4: false));

    [Fact]
    public void Without_any_IPv6_address_nobody_reaches_a_socket_that_takes_IPv6_alone() => Assert.Null(Ask("", "::", takesIPv4: false));

    [Fact]
    public void Without_any_IPv6_address_a_socket_for_both_is_asked_over_IPv4() => Assert.Equal(IPAddress.Loopback, Ask("", "::", takesIPv4: true));

    [Fact]
    public void Where_only_the_loopback_interface_has_no_IPv6_another_address_is_asked() => Assert.Equal(
        IPAddress.Parse("fd00::2"), Ask("fe8000000000000000fc00fffe000001 04 40 20 80     eth0\nfd000000000000000000000000000002 04 40 00 82     eth0\n", "::", takesIPv4: true));

    [Fact]
    public void A_link_local_address_that_no_interface_has_cannot_be_asked() => Assert.Null(Ask("nonsense\n\n 1 2 3 4 5 6\n", "fe80::7", takesIPv4: true));

    private static IPAddress? Ask(string table, string bound, bool takesIPv4) => new ListeningAddresses(table).AddressToAsk(IPAddress.Parse(bound), takesIPv4);
}

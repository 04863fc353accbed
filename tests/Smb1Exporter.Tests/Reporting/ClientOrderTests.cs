using Smb1Exporter.Reporting;
using Smb1Exporter.State;

namespace Smb1Exporter.Tests.Reporting;

public sealed class ClientOrderTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private static readonly ClientTotals[] Clients =
    [
        Client("10.0.0.10", 5, 1, 9, "b"), Client("10.0.0.9", 5, 2, 8, null), Client("fe80::1", 7, 3, 7, "a"), Client("nas", 1, 4, 6, null),
    ];

    [Theory]
    [InlineData(null, null, "fe80::1 10.0.0.9 10.0.0.10 nas")]
    [InlineData("nonsense", "asc", "fe80::1 10.0.0.9 10.0.0.10 nas")]
    [InlineData("attempts", "asc", "nas 10.0.0.9 10.0.0.10 fe80::1")]
    [InlineData("address", null, "10.0.0.9 10.0.0.10 fe80::1 nas")]
    [InlineData("address", "desc", "nas fe80::1 10.0.0.10 10.0.0.9")]
    [InlineData("first_seen", null, "nas fe80::1 10.0.0.9 10.0.0.10")]
    [InlineData("last_seen", null, "10.0.0.10 10.0.0.9 fe80::1 nas")]
    [InlineData("last_seen", "asc", "nas fe80::1 10.0.0.9 10.0.0.10")]
    [InlineData("name", null, "fe80::1 10.0.0.10 10.0.0.9 nas")]
    [InlineData("name", "desc", "10.0.0.10 fe80::1 10.0.0.9 nas")]
    public void Clients_are_sorted_as_asked(string? sort, string? order, string expected) =>
        Assert.Equal(expected.Split(' '), ClientOrder.Parse(sort, order).Sort(Clients).Select(client => client.Address));

    [Fact]
    public void A_second_click_turns_the_order_round() =>
        Assert.Equal(
            "?sort=last_seen&order=asc",
            ClientOrder.Default.AfterClick(ClientColumn.LastSeen).AfterClick(ClientColumn.LastSeen).Query);

    private static ClientTotals Client(string address, long attempts, int first, int last, string? name) =>
        new(address, new HeldCount(attempts, 0), Day.AddHours(first), Day.AddHours(last)) { Name = name };
}

using Smb1Exporter.Naming;
using Smb1Exporter.State;

namespace Smb1Exporter.Tests.Naming;

public sealed class NameScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, 59, false)]
    [InlineData(null, 60, true)]
    [InlineData("pc1", 60, false)]
    [InlineData("pc1", 24 * 60, true)]
    [InlineData("pc1", -24 * 60, true)]
    public void A_name_is_asked_for_again_after_its_time(string? name, int? askedMinutesAgo, bool isDue) =>
        Assert.Equal(isDue, NameSchedule.Due([Client("10.0.0.1", name, askedMinutesAgo)], Now).Count == 1);

    [Fact]
    public void New_clients_come_first_names_and_others_never_and_only_so_many_at_once()
    {
        ClientTotals[] clients =
        [
            Client("10.0.0.1", null, 90), Client("other", null, null), Client("nas", null, null), Client("fe80::1", null, null),
            .. Enumerable.Range(0, 100).Select(i => Client($"10.1.0.{i}", null, 80)),
        ];
        var due = NameSchedule.Due(clients, Now);
        Assert.Equal(NameSchedule.Batch, due.Count);
        Assert.Equal(["fe80::1", "10.0.0.1"], due.Take(2).Select(address => address.ToString()));
    }

    private static ClientTotals Client(string address, string? name, int? askedMinutesAgo) => new(address, new HeldCount(1, 0), Now, Now)
    {
        DnsName = name,
        LookedUp = askedMinutesAgo is { } minutes ? Now.AddMinutes(-minutes) : null,
    };
}

using System.Net;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>Events that our own connection may have caused, constructed: none was seen on a Windows machine.</summary>
public class OwnEventTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress Ours = IPAddress.Parse("127.83.7.9");

    [Theory]
    [InlineData("127.83.7.9")]
    [InlineData(" 127.83.7.9 ")]
    [InlineData("127.83.7.9:50122")]
    [InlineData("::ffff:127.83.7.9")]
    [InlineData("[::ffff:127.83.7.9]:50122")]
    public void The_event_of_an_address_that_only_we_use_is_ours(string client) =>
        Assert.Equal(OwnEventKind.Ours, OwnEvent.Judge(Attempt(client), [From(Ours)]));

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("127.0.0.1")]
    [InlineData("127.83.7.8")]
    [InlineData("[fe80::1]:445")]
    public void The_event_of_another_address_is_a_clients_however_near_in_time(string client) =>
        Assert.Equal(OwnEventKind.NotOurs, OwnEvent.Judge(Attempt(client), [From(Ours)]));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("192.168.7.1")]
    [InlineData("fe80::1%7")]
    public void A_client_on_this_machine_that_connects_in_the_moment_in_which_we_do_counts(string address)
    {
        var from = IPAddress.Parse(address);

        Assert.Equal(OwnEventKind.InDoubt, OwnEvent.Judge(Attempt(new IPAddress(from.GetAddressBytes()).ToString()), [From(from)]));
    }

    [Fact]
    public void An_event_with_our_address_and_port_is_ours_and_one_with_another_port_is_not()
    {
        var own = From(IPAddress.Loopback) with { Port = 50122 };

        Assert.Equal(OwnEventKind.Ours, OwnEvent.Judge(Attempt("127.0.0.1:50122"), [own]));
        Assert.Equal(OwnEventKind.NotOurs, OwnEvent.Judge(Attempt("127.0.0.1:50123"), [own]));
        Assert.Equal(OwnEventKind.InDoubt, OwnEvent.Judge(Attempt("127.0.0.1"), [own]));
    }

    [Theory]
    [InlineData("FILESERVER")]
    [InlineData("fileserver.contoso.example")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("not:an:address")]
    public void An_event_that_names_no_address_is_in_doubt_near_our_connection_and_a_clients_at_other_times(string client)
    {
        Assert.Equal(OwnEventKind.InDoubt, OwnEvent.Judge(Attempt(client), [From(Ours)]));
        Assert.Equal(OwnEventKind.NotOurs, OwnEvent.Judge(Attempt(client) with { Time = Noon.AddSeconds(30) }, [From(Ours)]));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0.5, true)]
    [InlineData(2.5, true)]
    [InlineData(-3, false)]
    [InlineData(3.5, false)]
    public void An_address_that_others_use_too_is_in_doubt_only_within_seconds(double seconds, bool isInDoubt)
    {
        var record = Attempt("127.0.0.1") with { Time = Noon.AddSeconds(seconds) };

        Assert.Equal(isInDoubt ? OwnEventKind.InDoubt : OwnEventKind.NotOurs, OwnEvent.Judge(record, [From(IPAddress.Loopback)]));
    }

    [Fact]
    public void An_address_of_our_own_stays_ours_when_the_clock_is_set_by_minutes_and_not_for_ever()
    {
        Assert.Equal(OwnEventKind.Ours, OwnEvent.Judge(Attempt("127.83.7.9") with { Time = Noon.AddMinutes(-5) }, [From(Ours)]));
        Assert.Equal(OwnEventKind.NotOurs, OwnEvent.Judge(Attempt("127.83.7.9") with { Time = Noon.AddHours(1) }, [From(Ours)]));
    }

    [Fact]
    public void A_connection_whose_end_was_never_stored_is_ours_all_the_same()
    {
        var own = From(Ours) with { End = null };

        Assert.Equal(OwnEventKind.Ours, OwnEvent.Judge(Attempt("127.83.7.9") with { Time = Noon.AddSeconds(30) }, [own]));
    }

    [Fact]
    public void A_rejection_that_names_nobody_counts_also_while_we_ask() =>
        Assert.Equal(OwnEventKind.InDoubt, OwnEvent.Judge(Rejection("", 1), [From(Ours)]));

    [Fact]
    public void A_rejection_of_our_address_is_ours_and_one_that_stands_for_several_counts()
    {
        Assert.Equal(OwnEventKind.Ours, OwnEvent.Judge(Rejection("127.83.7.9", 1), [From(Ours)]));
        Assert.Equal(OwnEventKind.InDoubt, OwnEvent.Judge(Rejection("127.83.7.9", 2), [From(Ours)]));
        Assert.Equal(OwnEventKind.NotOurs, OwnEvent.Judge(Rejection("10.0.0.7", 1), [From(Ours)]));
    }

    [Fact]
    public void Of_several_connections_the_one_that_is_certain_decides()
    {
        Assert.Equal(OwnEventKind.Ours, OwnEvent.Judge(Attempt("127.83.7.9"), [From(IPAddress.Loopback), From(Ours), From(IPAddress.IPv6Loopback)]));
        Assert.Equal(OwnEventKind.NotOurs, OwnEvent.Judge(Attempt("127.83.7.9"), []));
    }

    [Fact]
    public void Addresses_of_our_own_are_loopback_addresses_that_nobody_gets_by_chance()
    {
        var addresses = Enumerable.Range(0, 200).Select(_ => OwnSource.New()).ToList();

        Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address) && OwnSource.Is(address)));
        Assert.True(addresses.Distinct().Count() > 100);
        Assert.All(
            ["127.0.0.1", "127.0.0.83", "::1", "10.83.0.1", "::ffff:10.83.0.1"], other => Assert.False(OwnSource.Is(IPAddress.Parse(other))));
    }

    private static OwnEventConnection From(IPAddress address) => new(address, null, Noon, Noon.AddSeconds(1));

    private static AuditRecord Attempt(string client) => new(AuditRecordKind.Attempt, Noon.AddSeconds(0.2), client, null, 1, "record 1");

    private static AuditRecord Rejection(string client, long count) => new(AuditRecordKind.Rejection, Noon.AddSeconds(0.2), client, null, count, "record 1");
}

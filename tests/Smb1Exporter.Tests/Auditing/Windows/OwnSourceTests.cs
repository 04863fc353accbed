using System.Net;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>Events that our own connection may have caused, constructed: none was seen on a Windows machine.</summary>
public class OwnSourceTests
{
    private const string Ours = "127.83.7.9";

    [Theory]
    [InlineData("127.83.7.9")]
    [InlineData(" 127.83.7.9 ")]
    [InlineData("127.83.7.9:50122")]
    [InlineData("::ffff:127.83.7.9")]
    [InlineData("::ffff:7f53:709")]
    [InlineData("[::ffff:127.83.7.9]")]
    [InlineData("[::ffff:127.83.7.9]:50122")]
    [InlineData(@"\\127.83.7.9")]
    public void An_address_that_only_we_use_is_known_again_however_an_event_writes_it(string client) =>
        Assert.Equal(OwnSource.NameOf(IPAddress.Parse(Ours)), OwnSource.NameIn(client));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.83.7.9")]
    [InlineData("127.83.9")]
    [InlineData("127.83")]
    [InlineData("127.83.7.9.example")]
    [InlineData("[fe80::1]:445")]
    [InlineData("::127.83.7.9")]
    [InlineData("FILESERVER")]
    [InlineData("not:an:address")]
    [InlineData("127.83.7.9 x")]
    [InlineData("")]
    public void What_others_may_have_is_never_ours(string client) => Assert.Null(OwnSource.NameIn(client));

    [Fact]
    public void Addresses_of_our_own_are_loopback_addresses_that_nobody_gets_by_chance()
    {
        var addresses = Enumerable.Range(0, 200).Select(_ => OwnSource.New()).ToList();

        Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address) && OwnSource.Is(address)));
        Assert.True(addresses.Distinct().Count() > 100);
        Assert.All(
            ["127.0.0.1", "127.0.0.83", "::1", "10.83.0.1", "::ffff:10.83.0.1"], other => Assert.False(OwnSource.Is(IPAddress.Parse(other))));
    }

    [Theory]
    [InlineData(Ours, true)]
    [InlineData("10.0.0.7", false)]
    public void An_event_3000_may_be_ours_by_its_address_alone(string client, bool mayBeOurs)
    {
        var record = EventXmlParser.Parse(EventXml.Attempt(client), "record 1").Record!;

        Assert.Equal((mayBeOurs, null), (record.OwnName is not null, record.Connection));
    }

    [Fact]
    public void A_rejection_of_our_address_may_be_ours_and_one_that_stands_for_several_or_names_nobody_is_a_clients()
    {
        Assert.NotNull(EventXmlParser.Parse(EventXml.RejectionOfVersion0("1", Ours), "record 1").Record!.OwnName);
        Assert.Null(EventXmlParser.Parse(EventXml.RejectionOfVersion0("2", Ours), "record 1").Record!.OwnName);
        Assert.Null(EventXmlParser.Parse(EventXml.Rejection(), "record 1").Record!.OwnName);
    }

    [Fact]
    public void Only_an_event_3000_is_passed_on_as_a_record_of_our_own()
    {
        using var log = new EventLogFixture();
        log.Audit.WriteAttempt(log.Now, Ours);
        log.Audit.WriteAttempt(log.Now, "10.0.0.7");
        log.Operational.Write(log.Now, EventXml.RejectionOfVersion0("1", Ours));

        Assert.Equal([new OwnRecord(OwnSource.NameOf(IPAddress.Parse(Ours)), IsOfSession: false)], log.Read().OwnRecords);
    }
}

using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Windows;

public class EventXmlParserTests
{
    private const string Place = "Microsoft-Windows-SMBServer/Audit record 4711";

    [Fact]
    public void The_sample_of_event_3000_is_one_attempt_by_its_client_at_its_own_time()
    {
        var record = RecordIn(Samples.Read("windows-event-3000.xml"));

        Assert.Equal(AuditRecordKind.Attempt, record.Kind);
        Assert.Equal("192.168.1.214", record.Client);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 3, 40, 36, TimeSpan.Zero).AddTicks(468210), record.Time);
        Assert.Equal(1, record.Count);
        Assert.Null(record.Connection);
        Assert.Equal(Place, record.Place);
    }

    [Theory]
    [InlineData("<EventData><Data Name=\"ClientName\">{0}</Data></EventData>")]
    [InlineData("<EventData><Data Name=\"Other\">x</Data><Data Name=\"ClientName\">{0}</Data></EventData>")]
    [InlineData("<UserData><EventData xmlns=\"Smb3\"><ClientName>{0}</ClientName></EventData></UserData>")]
    [InlineData("<UserData><s:EventData xmlns:s=\"Smb3\"><s:ClientName>{0}</s:ClientName></s:EventData></UserData>")]
    [InlineData("<UserData><EventXML><ClientName>{0}</ClientName></EventXML></UserData>")]
    [InlineData("<EventData><Data Name=\"ClientName\"><![CDATA[{0}]]></Data></EventData>")]
    public void A_client_is_found_in_either_shape_of_the_fields(string shape)
    {
        var data = shape.Replace("{0}", "[fe80::1]:49832", StringComparison.Ordinal);

        Assert.Equal("[fe80::1]:49832", RecordIn(EventXml.Event(3000, data)).Client);
    }

    [Fact]
    public void The_prefix_of_the_event_namespace_does_not_matter()
    {
        const string Xml =
            """
            <e:Event xmlns:e="http://schemas.microsoft.com/win/2004/08/events/event"><e:System>
            <e:Provider Name="Microsoft-Windows-SMBServer"/><e:EventID Qualifiers="0">3000</e:EventID>
            <e:TimeCreated SystemTime="2026-11-23T03:40:36Z"/></e:System>
            <e:EventData><e:Data Name="ClientName">scanner-3</e:Data></e:EventData></e:Event>
            """;

        Assert.Equal("scanner-3", RecordIn(Xml).Client);
    }

    [Theory]
    [InlineData("<Provider Name=\"microsoft-windows-smbserver\"/>")]
    [InlineData("<Provider Guid=\"{D48CE617-33A2-4BC3-A5C7-11AA4F29619E}\"/>")]
    public void The_provider_is_known_by_name_or_by_id(string provider)
    {
        var xml = EventXml.Event(3000, "<EventData><Data Name=\"ClientName\">10.0.0.1</Data></EventData>", provider: provider);

        Assert.Equal("10.0.0.1", RecordIn(xml).Client);
    }

    [Theory]
    [InlineData("2026-11-23T03:40:36.0468210Z", 468210)]
    [InlineData("2026-11-23T03:40:36.046821099Z", 468210)]
    [InlineData("2026-11-23T03:40:36.046Z", 460000)]
    [InlineData("2026-11-23T03:40:36Z", 0)]
    public void The_time_is_utc_with_any_number_of_fraction_digits(string text, int ticks)
    {
        var time = RecordIn(EventXml.Rejection(text)).Time;

        Assert.Equal(new DateTimeOffset(2026, 11, 23, 3, 40, 36, TimeSpan.Zero).AddTicks(ticks), time);
        Assert.Equal(TimeSpan.Zero, time.Offset);
    }

    [Fact]
    public void Trailing_nuls_are_no_part_of_the_client()
    {
        Assert.Equal("10.0.0.7", RecordIn(EventXml.Attempt("10.0.0.7&#0;&#0;")).Client);
        Assert.Equal("10.0.0.7", RecordIn(EventXml.Attempt("10.0.0.7\0")).Client);
    }

    [Fact]
    public void Control_characters_in_a_client_are_left_for_its_reader_to_judge()
    {
        Assert.Equal("a\u0001b\nc", RecordIn(EventXml.Attempt("a&#1;b&#10;c")).Client);
    }

    [Fact]
    public void Version_1_of_event_1001_is_one_rejection_without_a_client()
    {
        var record = RecordIn(EventXml.Rejection());

        Assert.Equal((AuditRecordKind.Rejection, "", 1L), (record.Kind, record.Client, record.Count));
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("1", 1)]
    [InlineData("0", 1)]
    [InlineData("1000000", 1_000_000)]
    public void Version_0_of_event_1001_stands_for_as_many_rejections_as_it_says(string count, long expected)
    {
        var record = RecordIn(EventXml.RejectionOfVersion0(count));

        Assert.Equal((AuditRecordKind.Rejection, "192.168.1.9", expected), (record.Kind, record.Client, record.Count));
    }

    [Theory]
    [InlineData("-4")]
    [InlineData("many")]
    [InlineData("")]
    [InlineData("1000001")]
    [InlineData("99999999999999999999999")]
    public void An_absurd_number_of_rejections_counts_as_one_and_is_told(string count)
    {
        var parsed = EventXmlParser.Parse(EventXml.RejectionOfVersion0(count), Place);

        Assert.Equal(1, parsed.Record?.Count);
        Assert.Equal(ReadErrorReason.Malformed, parsed.Error?.Reason);
        Assert.Contains("LogEventCount", parsed.Error?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rendered_message_is_never_read()
    {
        const string Rendering =
            """
            <RenderingInfo Culture="de-DE"><Message>SMB1-Zugriff Clientadresse: 6.6.6.6</Message>
            <EventData><Data Name="ClientName">6.6.6.6</Data></EventData><System><EventID>1001</EventID></System></RenderingInfo>
            """;

        var record = RecordIn(EventXml.Event(3000, "<EventData><Data Name=\"ClientName\">10.0.0.1</Data></EventData>", extra: Rendering));

        Assert.Equal((AuditRecordKind.Attempt, "10.0.0.1"), (record.Kind, record.Client));
        Assert.Equal("", RecordIn(EventXml.Event(3000, "", extra: Rendering)).Client);
    }

    [Theory]
    [InlineData(3021)]
    [InlineData(1000)]
    [InlineData(300)]
    [InlineData(30001)]
    public void Other_events_of_the_provider_are_not_ours(int id)
    {
        var xml = EventXml.Event(id, "<EventData><Data Name=\"ClientName\">10.0.0.1</Data></EventData>");

        Assert.Equal(ParsedEvent.NotOurs, EventXmlParser.Parse(xml, Place));
    }

    [Fact]
    public void An_event_3000_of_another_provider_is_not_ours_even_when_the_rest_of_it_is_broken()
    {
        var xml = EventXml.Event(3000, "<EventData><Data Name=\"ClientName\">", provider: "<Provider Name=\"Contoso-Backup\"/>");

        Assert.Equal(ParsedEvent.NotOurs, EventXmlParser.Parse(xml, Place));
        Assert.Equal(ParsedEvent.NotOurs, EventXmlParser.Parse(xml + new string('x', 3_000_000), Place));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"EventID\":3000}")]
    [InlineData("<a/>")]
    [InlineData("<Event/>")]
    [InlineData("<Event><System/></Event>")]
    [InlineData("<Event><System><Provider Name='Microsoft-Windows-SMBServer'/><EventID>x</EventID></System></Event>")]
    public void What_is_no_event_is_an_error_with_its_place(string xml)
    {
        var error = ErrorIn(xml);

        Assert.Equal(ReadErrorReason.Malformed, error.Reason);
        Assert.Equal(Place, error.Place);
    }

    [Fact]
    public void Every_truncation_of_an_event_is_an_error_and_nothing_is_counted()
    {
        var xml = Samples.Read("windows-event-3000.xml").TrimEnd();

        for (var length = 0; length < xml.Length; length++)
        {
            Assert.Equal(ReadErrorReason.Malformed, ErrorIn(xml[..length]).Reason);
        }
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("2026-11-23T03:40:36.04682109x9Z")]
    [InlineData("2026-13-23T03:40:36Z")]
    public void An_event_without_a_usable_time_is_an_error(string time)
    {
        Assert.Equal(ReadErrorReason.Malformed, ErrorIn(EventXml.Attempt("10.0.0.1", time)).Reason);
    }

    [Fact]
    public void An_event_3000_without_a_client_field_is_an_attempt_of_a_client_that_is_not_known()
    {
        var record = RecordIn(EventXml.Event(3000, "<EventData/>"));

        Assert.Equal((AuditRecordKind.Attempt, "", "event 3000 has no field ClientName"), (record.Kind, record.Client, record.ClientProblem));
    }

    [Fact]
    public void An_over_long_client_is_not_known_and_what_is_told_shows_a_short_escaped_piece()
    {
        var record = RecordIn(EventXml.Attempt("evil&#10;" + new string('x', 5000)));

        Assert.Equal("", record.Client);
        Assert.InRange(record.ClientProblem!.Length, 20, 300);
        Assert.Contains("evil\\u000a", record.ClientProblem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_over_long_event_is_an_error_of_its_own()
    {
        Assert.Equal(ReadErrorReason.Oversized, ErrorIn(EventXml.Attempt(new string('x', 3_000_000))).Reason);
    }

    [Theory]
    [InlineData("<!DOCTYPE Event [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>", "&b;")]
    [InlineData("<!DOCTYPE Event [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>", "&x;")]
    [InlineData("<!DOCTYPE Event SYSTEM \"http://127.0.0.1:1/evil.dtd\">", "10.0.0.1")]
    public void Entities_are_never_declared_expanded_or_fetched(string documentType, string client)
    {
        Assert.Equal(ReadErrorReason.Malformed, ErrorIn(documentType + EventXml.Attempt(client)).Reason);
    }

    private static AuditRecord RecordIn(string xml)
    {
        var parsed = EventXmlParser.Parse(xml, Place);
        Assert.Null(parsed.Error);
        return Assert.IsType<AuditRecord>(parsed.Record);
    }

    private static AuditReadError ErrorIn(string xml)
    {
        var parsed = EventXmlParser.Parse(xml, Place);
        Assert.Null(parsed.Record);
        return Assert.IsType<AuditReadError>(parsed.Error);
    }
}

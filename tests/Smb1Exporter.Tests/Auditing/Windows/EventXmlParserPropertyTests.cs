using CsCheck;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>Whatever text comes in, the parser answers: an attempt or rejection that can be counted, "not ours", or an error to count.</summary>
public class EventXmlParserPropertyTests
{
    private const string Place = "Microsoft-Windows-SMBServer/Audit record 1";
    private const int Runs = 3000;

    private static readonly Gen<string> Event = Gen.OneOf(
        Gen.String.Select(client => EventXml.Attempt(System.Security.SecurityElement.Escape(client) ?? "")),
        Gen.String.Select(client => EventXml.Attempt(client)),
        Gen.OneOf(Gen.Long.Select(count => $"{count}"), Gen.String).Select(count => EventXml.RejectionOfVersion0(count)),
        Gen.String.Select(time => EventXml.Rejection(time)),
        Gen.Int[0, 5000].Select(id => EventXml.Event(id, "<EventData><Data Name=\"ClientName\">10.0.0.1</Data></EventData>")),
        Gen.String.Select(name => EventXml.Event(3000, "", provider: $"<Provider Name=\"{name}\"/>")),
        Gen.Int[1, 200_000].Select(length => EventXml.Attempt(new string('7', length))),
        Gen.Int[1, 2000].Select(depth => EventXml.Event(3000, string.Concat(Enumerable.Repeat("<UserData>", depth)))));

    private static readonly Gen<string> Fragment = Gen.OneOf(
        "<Event>", "</Event>", "<Event", "<System>", "</System>", "<EventID>3000</EventID>", "<EventID>1001</EventID>", "<EventID/>", EventXml.Provider,
        "<TimeCreated SystemTime=\"2026-11-23T03:40:36.0468210Z\"/>", "<EventData>", "</EventData>", "<UserData>", "</UserData>", "<Data Name=\"ClientName\">",
        "<Data Name=\"LogEventCount\">", "</Data>", "<ClientName>", "</ClientName>", "<x:ClientName>", "10.0.0.1", "&amp;", "&#0;", "&#xD800;", "&bomb;", "\0",
        "\uD800", "\uFFFE", "<![CDATA[", "]]>", "<!--", "-->", "<?xml version=\"1.0\" encoding=\"utf-16\"?>", "<?pi", "?>", "<!DOCTYPE Event [<!ENTITY bomb \"x\">]>",
        "xmlns=\"Smb3\"", "xmlns:x=\"\"", "<RenderingInfo>", "</RenderingInfo>", " ", "\"", "<", ">");

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.String,
        Event,
        Fragment.Array[0, 40].Select(string.Concat),
        Gen.Select(Event, Gen.Double[0, 1]).Select((xml, part) => xml[..(int)(xml.Length * part)]),
        Gen.Select(Event, Gen.Double[0, 1], Fragment).Select((xml, part, what) => xml.Insert((int)(xml.Length * part), what)),
        Gen.Select(Event, Gen.Double[0, 1], Gen.Char).Select(Replace));

    [Fact]
    public void Any_text_gives_a_countable_record_or_not_ours_or_an_error() =>
        AnyText.Sample(
            text =>
            {
                var (record, error) = EventXmlParser.Parse(text, Place);
                Assert.True(record is null || IsCountable(record), $"not countable: {record}");
                Assert.True(error is null || IsTellable(error), $"not tellable: {error}");
            },
            iter: Runs);

    [Fact]
    public void Text_that_names_neither_event_never_counts() =>
        AnyText.Where(text => !text.Contains("3000", StringComparison.Ordinal) && !text.Contains("1001", StringComparison.Ordinal))
            .Sample(text => Assert.Null(EventXmlParser.Parse(text, Place).Record), iter: Runs);

    [Fact]
    public void A_document_type_never_counts() =>
        Gen.Select(Event, Gen.OneOf(
                "<!DOCTYPE Event [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>",
                "<!DOCTYPE Event [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\"><!ENTITY c \"&b;&b;\">]>"))
            .Sample((xml, type) => Assert.Null(EventXmlParser.Parse(type + xml, Place).Record), iter: 500);

    [Fact]
    public void Memory_stays_bounded_however_large_the_event_is()
    {
        foreach (var huge in new[]
        {
            EventXml.Attempt(new string('x', 20_000_000)),
            EventXml.Attempt(string.Concat(Enumerable.Repeat("<![CDATA[x]]>", 1_500_000))),
            EventXml.Event(3000, new string('\0', 20_000_000)),
            EventXml.Event(3000, string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"<Data Name=\"n{i}\">1</Data>"))),
            $"<Event {new string('x', 20_000_000)}",
        })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var parsed = EventXmlParser.Parse(huge, Place);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.Equal(ReadErrorReason.Oversized, parsed.Error?.Reason);
            Assert.InRange(allocated, 0, 24 * RawEvent.MaxCharacters);
        }
    }

    private static bool IsCountable(AuditRecord record) =>
        record is { Count: >= 1 and <= EventXmlParser.MaxEventCount, Client.Length: <= EventXmlParser.MaxClientCharacters, Place: Place }
        && record.Time.Offset == TimeSpan.Zero
        && (record.Kind == AuditRecordKind.Rejection || record.Count == 1);

    private static bool IsTellable(AuditReadError error) =>
        error is { Place: Place, Detail.Length: > 0 and < 1000 } && !error.Detail.Any(char.IsControl);

    private static string Replace(string xml, double part, char with)
    {
        var characters = xml.ToCharArray();
        characters[(int)((characters.Length - 1) * part)] = with;
        return new string(characters);
    }
}

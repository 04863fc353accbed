using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Composing;

public sealed class TicketTextTests
{
    private const string Head = "SMB1 Traffic detected on Contoso\\FS01 in the past 1 hour.\nDetails:\n";

    [Fact]
    public void The_recorded_notification_makes_the_prescribed_ticket_byte_for_byte()
    {
        var text = Assert.Single(Compose(Payloads.Sample()));

        Assert.Equal(Golden.Subject, text.Subject);
        Assert.Equal(Golden.Body, text.Body);
    }

    [Fact]
    public void Most_attempts_come_first_then_addresses_by_number_then_names()
    {
        var text = Assert.Single(Compose(Payloads.Firing(
            "Contoso", "FS01",
            ("scanner", "2"), ("10.0.0.10", "2"), ("fe80::1", "2"), ("10.0.0.9", "2"), ("10.0.0.1", "x"), ("10.0.0.2", "10"))));

        Assert.Equal(
            ["10.0.0.2", "10.0.0.9", "10.0.0.10", "fe80::1", "scanner", "10.0.0.1"],
            text.Body.Split('\n').Skip(2).Select(line => line.Split(": ")[0]));
    }

    [Theory]
    [InlineData("12", "2026-11-23T03:40:36Z", "12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC")]
    [InlineData("1", "2026-11-23T03:40:36Z", "1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC")]
    [InlineData("1000000", "2026-11-23T03:40:36.999999999Z", "1000000 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC")]
    [InlineData("1e+06", "2026-11-23T05:40:36+02:00", "1000000 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC")]
    [InlineData("12.0", "", "12 SMB1 connection attempts, time of the last not known")]
    [InlineData("12.4", "yesterday", "SMB1 connection attempts (number not known), time of the last not known")]
    [InlineData("", "2026-11-23T03:40:36", "SMB1 connection attempts (number not known), time of the last not known")]
    [InlineData("-3", "0001-01-01T00:00:00Z", "SMB1 connection attempts (number not known), time of the last not known")]
    [InlineData("NaN", "2026-13-23T03:40:36Z", "SMB1 connection attempts (number not known), time of the last not known")]
    [InlineData("1e999999999", "2026-11-23T03:40:36Z\nx", "SMB1 connection attempts (number not known), time of the last not known")]
    public void What_cannot_be_read_is_said_to_be_not_known(string attempts, string lastSeen, string expected)
    {
        var alert = Payloads.Alert("Contoso", "FS01", "192.168.1.214", attempts);
        alert["annotations"]!["last_seen"] = lastSeen;

        Assert.Equal($"{Head}192.168.1.214: {expected}", Assert.Single(Compose(Payloads.With(alert))).Body);
    }

    [Theory]
    [InlineData("scanner01.contoso.example", "192.168.1.214 (scanner01.contoso.example): 1 SMB1 connection attempt")]
    [InlineData("", "192.168.1.214: 1 SMB1 connection attempt")]
    [InlineData("192.168.1.214", "192.168.1.214: 1 SMB1 connection attempt")]
    [InlineData("x): 99 SMB1 connection attempts\nSubject: y", "192.168.1.214: 1 SMB1 connection attempt")]
    [InlineData("a\n", "192.168.1.214: 1 SMB1 connection attempt")]
    public void A_client_is_named_where_its_name_is_known_and_is_one(string name, string expected)
    {
        var alert = Payloads.Alert("Contoso", "FS01", "192.168.1.214", "1");
        alert["annotations"]!["client_name"] = name;

        Assert.StartsWith($"{Head}{expected}, last at", Assert.Single(Compose(Payloads.With(alert))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_in_place_of_an_address_gets_no_name()
    {
        var alert = Payloads.Alert("Contoso", "FS01", "other", "1");
        alert["annotations"]!["client_name"] = "scanner01";

        Assert.DoesNotContain("scanner01", Assert.Single(Compose(Payloads.With(alert))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_annotations_there_is_still_a_ticket()
    {
        var alert = Payloads.Alert("Contoso", "FS01", "192.168.1.214", "1");
        alert.Remove("annotations");

        var text = Assert.Single(Compose(Payloads.With(alert)));

        Assert.Equal($"{Head}192.168.1.214: SMB1 connection attempts (number not known), time of the last not known", text.Body);
    }

    [Theory]
    [InlineData("unknown", "unknown: 3 SMB1 connection attempts, time of the last not known (refused because SMB1 is off; the server's log names no client)")]
    [InlineData("other", "other: 3 SMB1 connection attempts, time of the last not known (several clients beyond the exporter's limit, counted together)")]
    [InlineData(null, "unknown: 3 SMB1 connection attempts, time of the last not known (the alert names no client)")]
    public void A_word_in_place_of_an_address_is_explained(string? address, string expected)
    {
        var alert = Payloads.Alert("Contoso", "FS01", address ?? "", "3");
        alert["annotations"]!["last_seen"] = "";

        Assert.Equal(Head + expected, Assert.Single(Compose(Payloads.With(alert))).Body);
    }

    [Theory]
    [InlineData("host_name", "SMB1 Traffic detected on Contoso\\fs01.contoso.example in the past 1 hour.")]
    [InlineData("host_name,instance", "SMB1 Traffic detected on Contoso\\unknown server in the past 1 hour.")]
    [InlineData("customer", "SMB1 Traffic detected on unknown customer\\FS01 in the past 1 hour.")]
    public void Missing_labels_leave_a_correct_text(string missing, string firstLine)
    {
        var alert = Payloads.Alert("Contoso", "FS01", "192.168.1.214", "1");
        foreach (var label in missing.Split(','))
        {
            alert["labels"]!.AsObject().Remove(label);
        }

        Assert.Equal(firstLine, Assert.Single(Compose(Payloads.With(alert))).Body.Split('\n')[0]);
    }

    [Fact]
    public void Values_that_look_like_placeholders_are_printed_as_they_are()
    {
        var text = Assert.Single(Compose(Payloads.Firing("%RESULT%", "%CLIENTNAME%", ("%COMPUTERNAME%", "1"))));

        Assert.Equal("SMB1 Traffic Detected on %CLIENTNAME%", text.Subject);
        Assert.Equal(
            "SMB1 Traffic detected on %RESULT%\\%CLIENTNAME% in the past 1 hour.\nDetails:\n%COMPUTERNAME%: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC",
            text.Body);
    }

    [Fact]
    public void Alerts_that_Alertmanager_left_out_are_mentioned()
    {
        var one = Payloads.Changed(payload => payload["truncatedAlerts"] = 1);
        var severalServers = Payloads.With(Payloads.Alert("A", "1", "x", "1"), Payloads.Alert("A", "2", "x", "1"));
        severalServers["truncatedAlerts"] = 3;

        Assert.Equal($"{Golden.Body}\n… and 1 more client, not listed by Alertmanager", Assert.Single(Compose(one)).Body);
        Assert.All(Compose(severalServers), text => Assert.EndsWith("\n… and up to 3 more clients, not listed by Alertmanager", text.Body, StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_seen_through_two_jobs_is_one_line_with_the_larger_number()
    {
        var text = Assert.Single(Compose(Payloads.Firing("Contoso", "FS01", ("10.0.0.1", "3"), ("10.0.0.1", "5"), ("10.0.0.1", "?"))));

        Assert.Equal($"{Head}10.0.0.1: 5 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC", text.Body);
    }

    [Fact]
    public void Whatever_the_labels_hold_there_is_one_safe_line_per_client()
    {
        string[] chosen = ["\n", "\r\nSubject: x", "a\u2028b", "\u202Etxt", "%RESULT%", "\u0000", "\u0085", "<b>&", "x\uFEFF", " ", "e\u0301\u0301"];
        var nasty = Gen.OneOf(Gen.String, Gen.Int[0, chosen.Length - 1].Select(i => chosen[i]));
        var text = Gen.Select(nasty, nasty, (a, b) => a + b).Where(value => IsJsonText(value));
        Gen.Select(text, text, text.Array[1, 5]).Sample((customer, server, clients) =>
        {
            var payload = Payloads.Firing(customer, server, [.. clients.Select((client, i) => ($"{i} {client}", "1"))]);
            foreach (var made in Compose(payload))
            {
                Assert.Equal(2 + clients.Length, made.Body.Split('\n').Length);
                Assert.All(made.Body.Replace("\n", "", StringComparison.Ordinal) + made.Subject, character => Assert.False(IsUnsafe(character), $"U+{(int)character:X4}"));
                Assert.Equal(made.Subject, made.Subject.Trim());
                Assert.DoesNotContain(made.Body.Split('\n'), line => line.Length == 0 || line != line.TrimEnd());
            }
        });
    }

    [Fact]
    public void Ten_thousand_characters_are_cut_between_characters_and_marked()
    {
        var flag = "\U0001F1E9\U0001F1EA";
        var text = Assert.Single(Compose(Payloads.Firing(new string('c', 10_000), string.Concat(Enumerable.Repeat(flag, 2_500)), ("a", "1"))));

        Assert.Equal(255, new StringInfo(text.Subject).LengthInTextElements);
        Assert.EndsWith(flag + "…", text.Subject, StringComparison.Ordinal);
        Assert.Contains($"{new string('c', 254)}…\\", text.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void One_character_with_ten_thousand_accents_is_cut_too()
    {
        var text = Assert.Single(Compose(Payloads.Firing("Contoso", "e" + new string('\u0301', 10_000), ("a", "1"))));

        Assert.InRange(text.Subject.Length, 1, 3000);
    }

    private static bool IsJsonText(string value) => value.EnumerateRunes().All(rune => rune.Value != 0xFFFD);

    private static bool IsUnsafe(char character) => char.IsControl(character)
        || char.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static List<TicketText> Compose(JsonObject payload)
    {
        var (read, fault) = PayloadReader.Read(payload.Bytes());
        Assert.Null(fault);
        var composer = new TicketComposer(
            TicketTemplate.ForSubject(TicketTemplate.DefaultSubject), TicketTemplate.ForBody(TicketTemplate.DefaultBody));
        return [.. NotificationGrouping.Split(read!).Servers.Select(composer.Compose)];
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Alerts;

public sealed class AlertsEndpointTests
{
    public static TheoryData<string, string, string> BadPayloads => new()
    {
        { "", "not_json", "empty" },
        { " \r\n", "not_json", "empty" },
        { "x", "not_json", "line 1, byte 1" },
        { "{\n\"version\": \"4\",", "not_json", "line 2" },
        { "{} {}", "not_json", "not valid JSON" },
        { "{\"version\":\"\\ud800\"}", "not_json", "not valid JSON" },
        { new string('[', 1000), "not_json", "not valid JSON" },
        { "null", "wrong_shape", "null" },
        { "[]", "wrong_shape", "$" },
        { "\"4\"", "wrong_shape", "$" },
        { "{}", "wrong_version", "$.version is missing" },
        { Bad(payload => payload["version"] = "3"), "wrong_version", "is \"3\"" },
        { Bad(payload => payload["version"] = 4), "wrong_shape", "$.version" },
        { Bad(payload => payload.Remove("alerts")), "wrong_shape", "$.alerts is missing" },
        { Bad(payload => payload["alerts"] = "many"), "wrong_shape", "$.alerts" },
        { Bad(payload => payload["alerts"]!.AsArray().Add(null)), "wrong_shape", "$.alerts[2] is null" },
        { Bad(payload => payload["alerts"]![1]!["labels"]!["customer"] = 7), "wrong_shape", "$.alerts[1].labels.customer" },
        { Bad(payload => payload["alerts"]![1]!["labels"]!.AsObject().Remove("alertname")), "wrong_shape", "$.alerts[1].labels.alertname is missing" },
        { Bad(payload => payload["alerts"]![0]!.AsObject().Remove("labels")), "wrong_shape", "$.alerts[0].labels.alertname is missing" },
        { Bad(payload => payload["alerts"]![0]!["labels"] = new JsonArray()), "wrong_shape", "$.alerts[0].labels" },
        { Bad(payload => payload["alerts"]![0]!["status"] = "burning\nhot"), "wrong_shape", "$.alerts[0].status is \"burning\uFFFDhot\"" },
        { Bad(payload => payload["truncatedAlerts"] = -1), "wrong_shape", "$.truncatedAlerts" },
        { Bad(payload => payload["truncatedAlerts"] = "3"), "wrong_shape", "$.truncatedAlerts" },
        { "{\"version\":\"4\",\"version\":\"4\",\"alerts\":[]}", "wrong_shape", "given twice" },
    };

    [Theory]
    [MemberData(nameof(BadPayloads))]
    public async Task What_can_never_be_right_is_400_says_why_is_counted_logged_and_makes_no_ticket(string body, string reason, string detail)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        var series = $"smb1_ticket_notifications_refused_total{{reason=\"{reason}\"}}";
        Assert.Equal("0", await receiver.Client.MetricAsync(series));

        using var response = await receiver.Client.PostAsync(
            "/alerts", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(detail, await DetailAsync(response), StringComparison.Ordinal);
        Assert.Equal("1", await receiver.Client.MetricAsync(series));
        Assert.Contains($"POST /alerts from 127.0.0.1 refused with 400 ({reason})", receiver.LogText, StringComparison.Ordinal);
        Assert.Empty(await receiver.Client.TicketsAsync());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_400()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        byte[] body = [.. "{\"version\":\""u8, 0xFF, 0xC0, .. "\"}"u8];

        using var response = await receiver.Client.PostAsync("/alerts", new ByteArrayContent(body), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twenty_megabytes_are_413_and_the_limit_is_a_setting(bool chunked)
    {
        await using var receiver = await RunningReceiver.StartAsync(("Receiver:MaxRequestBytes", $"{Payloads.Sample().Bytes().Length - 1}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/alerts") { Content = new ByteArrayContent(new byte[20_000_000]) };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await receiver.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var tooLarge = await receiver.Client.PostAlertsAsync(Payloads.Sample());
        using var small = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", "FS01", ("10.0.0.1", "1")));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("Receiver:MaxRequestBytes", await DetailAsync(response), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
    }

    [Fact]
    public async Task Fields_that_newer_versions_add_and_a_byte_order_mark_are_ignored()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        var payload = Payloads.Changed(payload =>
        {
            payload["notification_reason"] = "repeat";
            payload["alerts"]![0]!["new"] = new JsonObject();
        });
        byte[] body = [0xEF, 0xBB, 0xBF, .. payload.Bytes()];

        using var response = await receiver.Client.PostAsync("/alerts", new ByteArrayContent(body), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await receiver.TicketsOnceAsync(tickets => tickets is [{ Body: var text }] && text == Golden.Body, "the prescribed ticket");
    }

    [Fact]
    public async Task While_the_database_is_held_by_another_program_the_answer_is_503_and_afterwards_200()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        await using var other = new SqliteConnection($"Data Source={receiver.Folder["tickets.db"]};Pooling=false");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using (var transaction = other.BeginTransaction())
        {
            using var refused = await receiver.Client.PostAlertsAsync(Payloads.Sample());
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("could not be stored", await DetailAsync(refused), StringComparison.Ordinal);
        }

        using var taken = await receiver.Client.PostAlertsAsync(Payloads.Sample());

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal("1", await receiver.Client.MetricAsync("smb1_ticket_notifications_refused_total{reason=\"not_stored\"}"));
        await receiver.TicketsOnceAsync(tickets => tickets is [{ Notes: [] }], "one ticket without a note");
    }

    [Fact]
    public async Task When_the_database_was_removed_the_answer_is_503_and_not_200()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        File.Delete(receiver.Folder["tickets.db"]);

        using var response = await receiver.Client.PostAlertsAsync(Payloads.Sample());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("was removed while the receiver ran", await DetailAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_stops_arriving_is_answered_with_503_so_that_it_is_sent_again()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        using var sender = new TcpClient();
        await sender.ConnectAsync(receiver.Client.BaseAddress!.Host, receiver.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        var half = "POST /alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{\"version\": \"4\""u8.ToArray();
        var stream = sender.GetStream();
        await stream.WriteAsync(half, TestContext.Current.CancellationToken);

        using var reader = new StreamReader(stream);

        Assert.StartsWith("HTTP/1.1 503", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_database_refuses_the_row_the_answer_is_503_and_not_200()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        await using var other = new SqliteConnection($"Data Source={receiver.Folder["tickets.db"]};Pooling=false");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var trigger = other.CreateCommand();
        trigger.CommandText = "CREATE TRIGGER refuse BEFORE INSERT ON Notifications BEGIN SELECT RAISE(ABORT, 'refused by a test'); END";
        await trigger.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        using var response = await receiver.Client.PostAlertsAsync(Payloads.Sample());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("refused by a test", await DetailAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_content_sent_by_both_of_a_pair_is_one_notification_and_by_the_same_one_again_is_two()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        using var first = await receiver.Client.PostAlertsAsync(Payloads.Sample());
        using var other = await receiver.Client.PostAlertsAsync(Payloads.Changed(payload => payload["externalURL"] = "http://other:9093"));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        await receiver.TicketsOnceAsync(tickets => tickets is [{ Notes: [] }], "one ticket without a note");
        Assert.Equal("1", await receiver.Client.MetricAsync("smb1_ticket_notifications_duplicate_total"));

        using var repeated = await receiver.Client.PostAlertsAsync(Payloads.Sample());

        await receiver.TicketsOnceAsync(tickets => tickets is [{ Notes: [{ Body: var note }] }] && note == Golden.Body, "a note for the repetition");
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("detail").GetString()!;

    private static string Bad(Action<JsonObject> change) => Payloads.Changed(change).ToJsonString();
}

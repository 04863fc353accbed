using System.Net.Http.Json;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

internal sealed record TicketRow(
    long Id, string Key, string Customer, string Host, string Subject, string Body, string State, DateTimeOffset Created, DateTimeOffset? Closed, List<NoteRow> Notes);

internal sealed record NoteRow(long Id, string Body, DateTimeOffset Created);

/// <summary>What a technician or a program does with a receiver.</summary>
internal static class ReceiverClient
{
    public static async Task<List<TicketRow>> TicketsAsync(this HttpClient client, string query = "") =>
        await client.GetFromJsonAsync<List<TicketRow>>("/api/tickets" + query, TestContext.Current.CancellationToken) ?? [];

    public static Task<HttpResponseMessage> PostAlertsAsync(this HttpClient client, System.Text.Json.Nodes.JsonNode payload) =>
        client.PostAsync("/alerts", payload.Content(), TestContext.Current.CancellationToken);

    public static async Task<string> MetricAsync(this HttpClient client, string series)
    {
        var text = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal) || line.StartsWith(series + "{} ", StringComparison.Ordinal));
        return line?.Split(' ')[^1] ?? "missing";
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>What tests do with the receiver: notify it as Alertmanager does, ask how far it is, run its command "check".</summary>
internal static class ReceiverSteps
{
    // A body that is too large is refused by its header, before it is sent, as Go's and curl's clients have it.
    private static readonly HttpClient Stranger = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) });

    // No longer than Alertmanager writes it.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a notification with this Authorization header, or none, and returns whatever is answered.</summary>
    public static async Task<HttpResponseMessage> PostAsync(this ReceiverProcess receiver, JsonNode notification, string? authorization)
    {
        using var content = new StringContent(notification.ToJsonString(Plain), null, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(receiver.Address, "/alerts")) { Content = content };
        request.Headers.ExpectContinue = true;
        if (authorization is not null)
        {
            request.Headers.Add("Authorization", authorization);
        }

        return await Stranger.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a notification as an Alertmanager with the right token, and returns whatever is answered.</summary>
    public static Task<HttpResponseMessage> PostAsync(this ReceiverProcess receiver, JsonNode notification) =>
        receiver.PostAsync(notification, $"Bearer {receiver.Token}");

    /// <summary>Sends a notification that must be taken for the test to make sense.</summary>
    public static async Task NotifyAsync(this ReceiverProcess receiver, JsonNode notification)
    {
        using var answer = await receiver.PostAsync(notification);
        answer.EnsureSuccessStatusCode();
    }

    public static async Task<PrometheusText> ScrapeAsync(this ReceiverProcess receiver) =>
        PrometheusText.Parse(await receiver.Http.GetStringAsync("/metrics"));

    /// <summary>Returns when all that was taken is delivered or set aside, with the figures of then.</summary>
    public static Task<PrometheusText> ThenAllIsDeliveredAsync(this ReceiverProcess receiver) => Then.SoonAsync(
        receiver.ScrapeAsync,
        scrape => scrape.ValueOf("smb1_ticket_outbox_pending") == 0,
        "everything is delivered",
        scrape => $"{scrape.ValueOf("smb1_ticket_outbox_pending")} wait. The log ends: {receiver.LastLine()}");

    /// <summary>How the log ends, which mostly tells why something did not happen.</summary>
    public static string LastLine(this ReceiverProcess receiver) =>
        receiver.Process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";

    /// <summary>The command "check" with these settings, run to its end.</summary>
    public static Task<ChildProcess> CheckReceiverAsync(
        this Site site, IReadOnlyDictionary<string, string?>? environment, params IEnumerable<string> arguments) =>
        ChildProcess.RunAsync(
            Programs.Receiver, ["check", $"--Receiver:Database={site["checked.db"]}", .. arguments], environment: environment);
}

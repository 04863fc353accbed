using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>What sends notifications beside today's Alertmanager, and how it signs in.</summary>
public sealed class SenderTests
{
    [FieldFact("alertmanager2es#4: Grafana's own alerting posts the same shape with version \"1\"")]
    public async Task A_notification_of_Grafana_makes_a_ticket_or_is_refused_with_the_version_named()
    {
        await using var site = new Site();
        var receiver = await site.ReceiverAsync();

        using var answer = await receiver.PostAsync(JsonNode.Parse(FieldSample.Read("grafana-notification.json"))!);

        if (answer.IsSuccessStatusCode)
        {
            await Then.SoonAsync(receiver.TicketsAsync, tickets => tickets.Count == 1, "a notification that was taken makes a ticket");
            return;
        }

        var refusal = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Matches("version.*\"1\"", (string)refusal["detail"]!);
        await Then.SoonAsync(
            () => Task.FromResult(receiver.Process.Output),
            log => Regex.IsMatch(log, "version.*\"1\""),
            "the log names the version, too",
            _ => receiver.LastLine());
        var refused = (await receiver.ScrapeAsync()).Of("smb1_ticket_notifications_refused_total");
        Assert.Equal(1, Assert.Single(refused, one => one.Labels["reason"] == "wrong_version").Value);
    }

    [FieldFact("alertmanager#2246, docker-alerta#82: basic_auth of older and managed Alertmanagers; a token saved by an editor of Windows")]
    public async Task The_token_is_taken_as_bearer_or_as_password_of_any_user()
    {
        const string Token = "s3cr3t:tok=en";
        await using var site = new Site();
        await File.WriteAllTextAsync(
            site["token"], $"{Token}\r\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(site["token"], UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var receiver = await site.ReceiverAsync($"--Receiver:TokenFile={site["token"]}");

        await AnswersAsync(receiver, HttpStatusCode.OK, $"Bearer {Token}");
        await AnswersAsync(receiver, HttpStatusCode.OK, $"bearer {Token}");
        await AnswersAsync(receiver, HttpStatusCode.OK, Basic("alertmanager", Token));
        await AnswersAsync(receiver, HttpStatusCode.Unauthorized, null);
        await AnswersAsync(receiver, HttpStatusCode.Unauthorized, Basic("alertmanager", "s3cr3t"));
        await AnswersAsync(receiver, HttpStatusCode.Unauthorized, Basic(Token, ""));
    }

    private static async Task AnswersAsync(ReceiverProcess receiver, HttpStatusCode expected, string? authorization)
    {
        using var answer = await receiver.PostAsync(Payloads.Sample(), authorization);
        Assert.True(
            answer.StatusCode == expected, $"Authorization: {authorization ?? "(none)"} is answered with {answer.StatusCode}, not {expected}");
    }

    private static string Basic(string user, string password) =>
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))).ToString();
}

using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Many alerts in one notification. One that is answered with 413 is never sent again.</summary>
public sealed class AlertStormTests
{
    [FieldFact("alertmanager#2274, docker-alerta#441: one server with as many clients as the exporter shows by default, and \"other\"")]
    public async Task All_clients_that_an_exporter_shows_fit_one_notification()
    {
        await using var site = new Site();
        var receiver = await site.ReceiverAsync();

        using var answer = await receiver.PostAsync(Storm(servers: 1, clients: 1001));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Then.SoonAsync(receiver.TicketsAsync, tickets => tickets.Count == 1, "the server has its ticket", tickets => tickets.Count);
    }

    [FieldFact("alertmanager#2274, docker-alerta#441: group_by [alertname], the most common setting, puts 200 servers into one notification")]
    public async Task Each_of_200_servers_in_one_group_gets_its_ticket()
    {
        await using var site = new Site();
        var receiver = await site.ReceiverAsync();

        using var answer = await receiver.PostAsync(Storm(servers: 200, clients: 20));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var tickets = await Then.SoonAsync(
            receiver.TicketsAsync,
            tickets => tickets.Count >= 200,
            "each server has its ticket",
            tickets => tickets.Count,
            within: TimeSpan.FromMinutes(3));
        Assert.Equal(200, tickets.Select(ticket => ticket.Subject).Distinct().Count());
    }

    /// <summary>About 2 KB for each client, as the shipped rules and a Prometheus with a long name make them.</summary>
    private static JsonObject Storm(int servers, int clients)
    {
        var alert = FieldSample.Read("storm-alert.json");
        return Payloads.With(
        [
            .. from server in Enumerable.Range(0, servers)
               from client in Enumerable.Range(0, clients)
               select JsonNode.Parse(Fill(alert, server, client))!.AsObject(),
        ]);
    }

    private static string Fill(string alert, int server, int client) => alert
        .Replace("@SERVER@", server.ToString("d3", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@NUMBER@", (client + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@ADDRESS@", $"10.{server}.{client / 250}.{(client % 250) + 1}", StringComparison.Ordinal)
        .Replace("@FINGERPRINT@", ((server * 100_000) + client).ToString("x16", CultureInfo.InvariantCulture), StringComparison.Ordinal);
}

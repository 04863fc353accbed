using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;

/// <summary>Turns names of the configuration into Halo's numbers, and finds what is not there.</summary>
/// <param name="http">Asks.</param>
/// <param name="problems">Gets what is wrong.</param>
internal sealed class HaloDirectory(TicketHttpClient http, ICollection<string> problems)
{
    private readonly Dictionary<string, IReadOnlyList<JsonElement>> _lists = [];

    /// <summary>A whole list, asked for once.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(TicketRequest request, CancellationToken cancellationToken)
    {
        if (!_lists.TryGetValue(request.Path, out var items))
        {
            var answer = await http.SendAsync(request, cancellationToken);
            items = HaloAnswers.Items(answer) ?? throw http.Unexpected(request, "it is no list", answer.GetRawText());
            _lists.Add(request.Path, items);
        }

        return items;
    }

    /// <summary>The route in numbers; null when a part of it is not there, which is then among the problems.</summary>
    public async Task<HaloRoute?> ResolveAsync(string setting, TicketRoute route, CancellationToken cancellationToken)
    {
        var before = problems.Count;
        var type = await FromListAsync(setting, nameof(route.Board), "tickettype", "ticket type", "id", route.Board, cancellationToken);
        var team = await FromListAsync(setting, nameof(route.Queue), "team", "team", "id", route.Queue, cancellationToken);
        var priority = await FromListAsync(setting, nameof(route.Priority), "priority", "priority", "priorityid", route.Priority, cancellationToken);
        var client = await ClientAsync(setting, route.Company!, cancellationToken);
        var user = route.Contact is null || client is null ? null : await UserAsync(setting, route.Contact, client.Value, cancellationToken);
        return problems.Count > before ? null : new HaloRoute(client!.Value, type!, team, priority, user);
    }

    private async Task<JsonNode?> FromListAsync(
        string setting, string part, string resource, string what, string idName, string? value, CancellationToken cancellationToken)
    {
        if (value is null)
        {
            return null;
        }

        var items = await ListAsync(HaloRequests.All(resource), cancellationToken);
        var isNumber = HaloRoute.IsNumber(value, out var number);
        List<long> ids =
        [
            .. items.Where(item => isNumber ? item.Number(idName) == number : IsNamed(item, value))
                .Select(item => item.Number(idName))
                .OfType<long>()
                .Distinct(),
        ];
        return OnlyOne(ids, setting, part, what, value);
    }

    private async Task<long?> ClientAsync(string setting, string value, CancellationToken cancellationToken)
    {
        var found = await FindAsync("client", value, item => IsNamed(item, value), cancellationToken);
        return OnlyOne([.. found.Select(item => item.Number("id")).OfType<long>()], setting, "Company", "client", value)?.GetValue<long>();
    }

    private async Task<JsonNode?> UserAsync(string setting, string value, long client, CancellationToken cancellationToken)
    {
        var found = await FindAsync(
            "users",
            value,
            item => IsNamed(item, value) || value.Equals(item.Text("emailaddress"), StringComparison.OrdinalIgnoreCase),
            cancellationToken,
            ("client_id", client.ToString(CultureInfo.InvariantCulture)));

        // A user of another customer would be told of this one's servers.
        List<long> ids =
        [
            .. found.Where(item => item.Number("client_id") is not { } of || of == client)
                .Select(item => item.Number("id"))
                .OfType<long>(),
        ];
        return OnlyOne(ids, setting, "Contact", "user of its client", value);
    }

    private async Task<List<JsonElement>> FindAsync(
        string resource, string value, Func<JsonElement, bool> isIt, CancellationToken cancellationToken, params (string Name, string Value)[] more)
    {
        if (HaloRoute.IsNumber(value, out var number))
        {
            return await http.FindAsync(HaloRequests.One(resource, number), cancellationToken) is { } one && one.Number("id") == number ? [one] : [];
        }

        var found = new List<JsonElement>();
        for (var page = 1; ; page++)
        {
            var request = HaloRequests.Like(resource, value, page, more);
            var answer = await http.SendAsync(request, cancellationToken);
            var items = HaloAnswers.Items(answer) ?? throw http.Unexpected(request, "it is no list", answer.GetRawText());
            found.AddRange(items.Where(isIt));
            if (items.Count < HaloRequests.PageSize)
            {
                return found;
            }
        }
    }

    private JsonNode? OnlyOne(List<long> ids, string setting, string part, string what, string value)
    {
        if (ids.Count == 1)
        {
            return ids[0];
        }

        problems.Add(ids.Count == 0
            ? $"{setting}: {part} '{value}': Halo shows no such {what}. Correct the name, or let the API application see it."
            : $"{setting}: {part} '{value}': Halo shows more than one {what} of that name ({string.Join(", ", ids)}). Set the number instead of the name.");
        return null;
    }

    private static bool IsNamed(JsonElement item, string name) => name.Equals(item.Text("name"), StringComparison.OrdinalIgnoreCase);
}

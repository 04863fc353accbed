using System.Globalization;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;

/// <summary>One look at whether ConnectWise has all that the routes name.</summary>
internal sealed class ConnectWiseCheck(TicketHttpClient http, CancellationToken cancellationToken)
{
    private readonly Dictionary<string, (long? Number, string? Problem)> _looked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>What is missing, each told once.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The numbers of a route's parts; null when one is missing, which is added to <see cref="Problems"/>.</summary>
    public async Task<IReadOnlyDictionary<RouteParts, long>?> LookAsync(string setting, TicketRoute route)
    {
        var numbers = new Dictionary<RouteParts, long>();
        var isComplete = true;
        await LookAsync(RouteParts.Company, ConnectWiseRequests.Company, company => [company.Text("identifier"), company.Text("name"), Number(company)]);
        await LookAsync(RouteParts.Board, ConnectWiseRequests.Board, board => [board.Text("name"), Number(board)]);
        await LookAsync(RouteParts.Priority, ConnectWiseRequests.Priority, priority => [priority.Text("name"), Number(priority)]);
        if (numbers.TryGetValue(RouteParts.Company, out var owner))
        {
            await LookAsync(
                RouteParts.Contact,
                value => ConnectWiseRequests.Contact(value, owner),
                contact => [.. ConnectWiseAnswers.CommunicationItems(contact), Number(contact)]);
        }

        return isComplete ? numbers : null;

        async Task LookAsync(RouteParts part, Func<string, TicketRequest> requestFor, Func<JsonElement, IReadOnlyList<string?>> names)
        {
            if (route.Of(part) is not { } value)
            {
                return;
            }

            var (number, problem) = await LookOnceAsync(part, value, requestFor(value), names);
            if (number is { } found)
            {
                numbers[part] = found;
                return;
            }

            isComplete = false;
            if (_told.Add(problem!))
            {
                _problems.Add($"{setting}: {problem}");
            }
        }
    }

    private async Task<(long? Number, string? Problem)> LookOnceAsync(
        RouteParts part, string value, TicketRequest request, Func<JsonElement, IReadOnlyList<string?>> names)
    {
        if (!_looked.TryGetValue(request.Path, out var looked))
        {
            looked = Judge(part, value, await AskAsync(request), names);
            _looked[request.Path] = looked;
        }

        return looked;
    }

    private async Task<IReadOnlyList<JsonElement>> AskAsync(TicketRequest request)
    {
        var answer = await http.SendAsync(request, cancellationToken);
        return ConnectWiseAnswers.Records(answer) ?? throw http.Unexpected(request, "it is not a list", answer.GetRawText());
    }

    // What was sought may be an identifier to one record and a name to another: the first of the names that fits any record decides.
    private static (long? Number, string? Problem) Judge(
        RouteParts part, string value, IReadOnlyList<JsonElement> records, Func<JsonElement, IReadOnlyList<string?>> names)
    {
        var fitting = records
            .Select(record => (Record: record, Rank: names(record).Index().FirstOrDefault(name => TicketRoute.Means(value, name.Item), (int.MaxValue, null)).Index))
            .Where(found => found.Rank < int.MaxValue)
            .GroupBy(found => found.Rank, found => found.Record)
            .MinBy(group => group.Key)?
            .ToList() ?? [];
        return fitting switch
        {
            [] => (null, $"{part} '{value}' is not in ConnectWise, or the API member may not see it. {Remedy(part)}"),
            [var board] when board.IsTrue("inactiveFlag") => (null, $"{part} '{value}' is inactive in ConnectWise. {Remedy(part)}"),
            [var board] when board.IsTrue("projectFlag") => (null, $"{part} '{value}' is a board for projects. {Remedy(part)}"),
            [var only] => (ConnectWiseAnswers.Id(only), null),
            _ => (null, $"{part} '{value}' could be any of {string.Join(", ", fitting.Select(Number))}. Set it to one of these numbers."),
        };
    }

    private static string Remedy(RouteParts part) => part switch
    {
        RouteParts.Company => "Set it to the company's identifier, name or number.",
        RouteParts.Contact => "Set it to the number or mail address of an active contact of the route's company.",
        _ => "Set it to the name or number as ConnectWise shows it.",
    };

    private static string? Number(JsonElement record) => ConnectWiseAnswers.Id(record)?.ToString(CultureInfo.InvariantCulture);
}

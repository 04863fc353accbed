using System.Globalization;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;

/// <summary>Finds tickets and notes.</summary>
internal sealed class HaloTickets(HaloPsaOptions options, TicketHttpClient http)
{
    // A search for a key shows tickets of that key, and hardly another. Many strangers mean that Halo did not search at all.
    private const int MostDoubtful = 100;

    // Deliveries to a ticket are in order: the note of the one that is repeated is the newest of ours, whatever technicians added since.
    private const int NewestActions = 10;

    /// <summary>Whether a ticket is there, carries the key and is open.</summary>
    public async Task<bool> IsOpenAsync(string reference, string key, CancellationToken cancellationToken)
    {
        // What is no number is no ticket of Halo, but of a system used before.
        if (!HaloRoute.IsNumber(reference, out _))
        {
            return false;
        }

        return await http.FindAsync(HaloRequests.Read(reference), cancellationToken) is { } ticket && Carries(ticket, key) && IsOpen(ticket);
    }

    /// <summary>Whether a ticket carries the key.</summary>
    public bool Carries(JsonElement ticket, string key) => HaloAnswers.CustomField(ticket, options.KeyField) == key;

    /// <summary>The oldest open ticket that carries the key; null when there is none.</summary>
    public async Task<string?> SearchAsync(string key, string keyFieldId, CancellationToken cancellationToken)
    {
        var read = 0;
        for (var page = 1; ; page++)
        {
            var request = HaloRequests.Search(key, keyFieldId, page);
            var (hits, isLast) = await PageAsync(request, page, cancellationToken);
            foreach (var id in hits.Where(hit => MayBe(hit, key)).Select(HaloAnswers.Id).OfType<string>().OrderBy(id => long.Parse(id, CultureInfo.InvariantCulture)))
            {
                if (read++ == MostDoubtful)
                {
                    throw http.Unexpected(
                        request, $"the search for a key shows more than {MostDoubtful} tickets without the field {options.KeyField}. None of them is touched.");
                }

                if (await IsOpenAsync(id, key, cancellationToken))
                {
                    return id;
                }
            }

            if (isLast)
            {
                return null;
            }
        }
    }

    /// <summary>Whether one of a ticket's newest actions holds a mark.</summary>
    public async Task<bool> HasNoteAsync(string reference, string mark, CancellationToken cancellationToken)
    {
        var request = HaloRequests.Actions(reference);
        if (await http.FindAsync(request, cancellationToken) is not { } answer)
        {
            return false;
        }

        var actions = HaloAnswers.Items(answer) ?? throw http.Unexpected(request, "it is no list", answer.GetRawText());
        if (actions.Any(action => Holds(action, mark)))
        {
            return true;
        }

        var newest = actions.Select(action => action.Number("id")).OfType<long>().OrderDescending().Take(NewestActions);
        foreach (var id in newest)
        {
            var read = HaloRequests.ReadAction(reference, id.ToString(CultureInfo.InvariantCulture));
            if (await http.FindAsync(read, cancellationToken) is { } action && Holds(action, mark))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the search shows tickets by their key, as far as existing ones can tell: false when an open one that carries a key is not
    /// shown; null when there is none to try with.
    /// </summary>
    public async Task<bool?> SearchWorksAsync(string keyFieldId, CancellationToken cancellationToken)
    {
        var (newest, _) = await PageAsync(HaloRequests.Newest(keyFieldId), 1, cancellationToken);
        foreach (var ticket in newest.Where(IsOpen))
        {
            if (HaloAnswers.CustomField(ticket, options.KeyField) is { Length: > 0 } key
                && HaloAnswers.Id(ticket) is { } id
                && await IsOpenAsync(id, key, cancellationToken))
            {
                return await SearchAsync(key, keyFieldId, cancellationToken) is not null;
            }
        }

        return null;
    }

    private async Task<(IReadOnlyList<JsonElement> Hits, bool IsLast)> PageAsync(TicketRequest request, int page, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(request, cancellationToken);
        var hits = HaloAnswers.Items(answer) ?? throw http.Unexpected(request, "it is no list", answer.GetRawText());
        var isLast = hits.Count == 0 || (HaloAnswers.Count(answer) is { } count ? count <= (long)page * HaloRequests.PageSize : hits.Count < HaloRequests.PageSize);
        return (hits, isLast);
    }

    private bool MayBe(JsonElement hit, string key) => IsOpen(hit) && (HaloAnswers.CustomField(hit, options.KeyField) ?? key) == key;

    private bool IsOpen(JsonElement ticket) =>
        !(ticket.Number("status_id") is { } status && options.ClosedStatuses.Contains(status))
        && !ticket.IsTrue("deleted");

    private static bool Holds(JsonElement action, string mark) =>
        action.Text("note")?.Contains(mark, StringComparison.Ordinal) == true
        || action.Text("note_html")?.Contains(mark, StringComparison.Ordinal) == true;
}

using System.Globalization;

namespace Smb1Exporter.TicketReceiver.Composing;

/// <summary>Writes what a note says beside the prescribed text. Pure.</summary>
internal static class NoteText
{
    private const int ClientsNamed = 10;

    /// <summary>The text of a note: first who is new, if anyone is, since what stands last may be cut; then the whole text.</summary>
    /// <param name="body">The prescribed text.</param>
    /// <param name="clients">The clients it names.</param>
    /// <param name="named">Those that the ticket names already.</param>
    public static string Compose(string body, IReadOnlyCollection<string> clients, IReadOnlySet<string> named)
    {
        var added = clients.Where(client => !named.Contains(client)).ToList();
        return added.Count == 0 ? body : $"{New(added)}\n\n{body}";
    }

    private static string New(List<string> added) => added.Count switch
    {
        1 => $"New client since the last entry: {added[0]}.",
        <= ClientsNamed => $"New clients since the last entry: {string.Join(", ", added)}.",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{added.Count} new clients since the last entry: {string.Join(", ", added.Take(ClientsNamed))}, …"),
    };
}

using System.Globalization;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;

/// <summary>Settings for HaloPSA, HaloITSM and HaloCRM, which share one API.</summary>
internal sealed class HaloPsaOptions : ITicketingSystemOptions
{
    private const string Group = "HaloPsa:";

    /// <summary>The address of the instance, ending in a slash.</summary>
    public required Uri? Url { get; init; }

    /// <summary>The tenant of a hosted instance; null where the API page of the instance shows none.</summary>
    public required string? Tenant { get; init; }

    /// <summary>Identifies the API application.</summary>
    public required string? ClientId { get; init; }

    /// <summary>The application's secret.</summary>
    public required Secret? ClientSecret { get; init; }

    /// <summary>What of its permissions the application asks for.</summary>
    public required string Scope { get; init; }

    /// <summary>The API name of the ticket custom field that holds the key; Halo begins such names with CF.</summary>
    public required string KeyField { get; init; }

    /// <summary>Numbers of the statuses in which a ticket is closed.</summary>
    public required IReadOnlySet<long> ClosedStatuses { get; init; }

    /// <summary>The name of the action as which a note is added.</summary>
    public required string NoteOutcome { get; init; }

    /// <summary>Whether the customer's users see notes.</summary>
    public required bool NotesVisible { get; init; }

    public RouteParts Uses => RouteParts.Company | RouteParts.Board | RouteParts.Queue | RouteParts.Priority | RouteParts.Contact;

    public RouteParts Needs => RouteParts.Company | RouteParts.Board;

    public static HaloPsaOptions Read(SectionReader reader, bool selected)
    {
        var options = new HaloPsaOptions
        {
            Url = TicketAddress.Read(reader, $"{Group}{nameof(Url)}", selected),
            Tenant = reader.Text($"{Group}{nameof(Tenant)}", null),
            ClientId = reader.Text($"{Group}{nameof(ClientId)}", null),
            ClientSecret = reader.Secret($"{Group}{nameof(ClientSecret)}"),
            Scope = reader.Text($"{Group}{nameof(Scope)}", "all"),
            KeyField = reader.Text($"{Group}{nameof(KeyField)}", "CFsmb1key"),
            ClosedStatuses = Statuses(reader),
            NoteOutcome = reader.Text($"{Group}{nameof(NoteOutcome)}", "Private Note"),
            NotesVisible = reader.Flag($"{Group}{nameof(NotesVisible)}", false),
        };
        if (selected)
        {
            reader.Require($"{Group}{nameof(ClientId)}", options.ClientId is null, "Set it to the Client ID of the API application in Halo.");
            reader.Require(
                $"{Group}{nameof(ClientSecret)}File", options.ClientSecret is null, "Name the file that holds the Client Secret of the API application.");
        }

        return options;
    }

    public ITicketingSystem Create(TicketingContext context) => new HaloPsaTicketingSystem(this, context);

    private static HashSet<long> Statuses(SectionReader reader)
    {
        // The number of "Closed" in an instance as delivered.
        const long Closed = 9;
        var statuses = reader.List($"{Group}{nameof(ClosedStatuses)}", items =>
        {
            if (items.FirstOrDefault(item => !IsNumber(item)) is { } wrong)
            {
                throw new FormatException($"'{wrong}' is no number of a status. List the numbers of the statuses in which a ticket is closed");
            }
        });
        return statuses.Count == 0 ? [Closed] : [.. statuses.Where(IsNumber).Select(item => long.Parse(item, CultureInfo.InvariantCulture))];

        static bool IsNumber(string item) => long.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}

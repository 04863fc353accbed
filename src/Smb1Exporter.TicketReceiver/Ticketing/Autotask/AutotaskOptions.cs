using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>Settings of Datto Autotask PSA; group <c>Autotask</c>. What names an item of a picklist is its label or its number.</summary>
internal sealed class AutotaskOptions : ITicketingSystemOptions
{
    /// <summary>The group's name.</summary>
    public const string Group = "Autotask";

    private const string ApiPath = "ATServicesRest/V1.0/";
    private static readonly TimeSpan DefaultDueIn = TimeSpan.FromDays(1);

    public RouteParts Uses => RouteParts.Company | RouteParts.Queue | RouteParts.Priority | RouteParts.Contact;

    /// <summary>The API makes no ticket without a company and a priority, nor without a queue when no resource is assigned.</summary>
    public RouteParts Needs => RouteParts.Company | RouteParts.Queue | RouteParts.Priority;

    /// <summary>The API of the zone in which the tenant lies, ending in a slash; null when not set.</summary>
    public Uri? Url { get; private init; }

    /// <summary>The API user, which looks like a mail address.</summary>
    public string UserName { get; private init; } = "";

    /// <summary>The API user's secret, its password.</summary>
    public Secret? Secret { get; private init; }

    /// <summary>The API user's tracking identifier, header ApiIntegrationCode.</summary>
    public string IntegrationCode { get; private init; } = "";

    /// <summary>The status of a new ticket. Default: 1, which is New.</summary>
    public string NewStatus { get; private init; } = "";

    /// <summary>The statuses in which a ticket is closed. Default: 5, which is Complete.</summary>
    public IReadOnlyList<string> ClosedStatuses { get; private init; } = [];

    /// <summary>How long after its opening a ticket is due. Default: one day.</summary>
    public TimeSpan DueIn { get; private init; }

    /// <summary>The type of a note. Default: 1.</summary>
    public string NoteType { get; private init; } = "";

    /// <summary>Who sees a note; null for the first choice whose label begins with "Internal".</summary>
    public string? NotePublish { get; private init; }

    public static AutotaskOptions Read(SectionReader reader, bool selected)
    {
        var closed = reader.List($"{Group}:{nameof(ClosedStatuses)}", _ => { });
        var options = new AutotaskOptions
        {
            Url = TicketAddress.Read(reader, $"{Group}:{nameof(Url)}", selected, "https://webservices14.autotask.net") is { } address ? ApiOf(address) : null,
            UserName = reader.Text($"{Group}:{nameof(UserName)}", "").Trim(),
            Secret = reader.Secret($"{Group}:{nameof(Secret)}"),
            IntegrationCode = reader.Text($"{Group}:{nameof(IntegrationCode)}", "").Trim(),
            NewStatus = reader.Text($"{Group}:{nameof(NewStatus)}", "1").Trim(),
            ClosedStatuses = closed.Count > 0 ? closed : ["5"],
            DueIn = reader.Duration($"{Group}:{nameof(DueIn)}", DefaultDueIn, TimeSpan.FromMinutes(1)),
            NoteType = reader.Text($"{Group}:{nameof(NoteType)}", "1").Trim(),
            NotePublish = reader.Text($"{Group}:{nameof(NotePublish)}", null)?.Trim(),
        };
        if (selected)
        {
            reader.Require($"{Group}:{nameof(UserName)}", options.UserName.Length == 0, "Set it to the user name of the API user.");
            reader.Require($"{Group}:{nameof(Secret)}File", options.Secret is null, "Set it to a file that holds the API user's secret (password).");
            reader.Require($"{Group}:{nameof(IntegrationCode)}", options.IntegrationCode.Length == 0, "Set it to the API user's tracking identifier.");
        }

        return options;
    }

    public ITicketingSystem Create(TicketingContext context) => new AutotaskTicketingSystem(this, context);

    // zoneInformation answers with /atservicesrest/, and the vendor's examples end in /V1.0; for tickets only the one spelling works everywhere.
    private static Uri ApiOf(Uri address)
    {
        var path = address.AbsolutePath;
        foreach (var ending in new[] { "v1.0/", "atservicesrest/" })
        {
            path = path.EndsWith($"/{ending}", StringComparison.OrdinalIgnoreCase) ? path[..^ending.Length] : path;
        }

        return new Uri(address, path + ApiPath);
    }
}

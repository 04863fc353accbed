using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>Settings that hold for whichever ticketing system is in use.</summary>
internal sealed partial record TicketingOptions
{
    /// <summary>Where tickets are made. Default: <see cref="TicketingSystemKind.BuiltIn"/>.</summary>
    public required TicketingSystemKind TicketingSystem { get; init; }

    /// <summary>Which customer's tickets go where.</summary>
    public required CustomerRoutes Routes { get; init; }

    /// <summary>
    /// What the keys of our tickets begin with, so that two sites can share one ticketing system. 1 to 16 lower-case letters, digits and
    /// hyphens. Default: smb1.
    /// </summary>
    public required string KeyPrefix { get; init; }

    /// <summary>PEM file of the authorities that sign the ticketing system's certificate; null: those of the machine.</summary>
    public string? CaFile { get; init; }

    /// <summary>How long the ticketing system may take for one answer. Default: 30 s.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Reads all but <see cref="TicketingSystem"/>.</summary>
    /// <param name="reader">The section <c>Receiver</c>.</param>
    /// <param name="kind">The system in use.</param>
    /// <param name="system">What it does with routes.</param>
    public static TicketingOptions Read(SectionReader reader, TicketingSystemKind kind, IRouteUse system) => new()
    {
        TicketingSystem = kind,
        Routes = CustomerRoutes.Read(reader, kind, system),
        KeyPrefix = reader.Value(
            nameof(KeyPrefix),
            "smb1",
            text => KeyPrefixPattern().IsMatch(text) ? text : throw new FormatException(),
            "1 to 16 lower-case letters, digits and hyphens, a letter first"),
        CaFile = reader.Value<string?>(nameof(CaFile), null, Path.GetFullPath, "a path"),
        RequestTimeout = reader.Duration(nameof(RequestTimeout), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
    };

    [GeneratedRegex("^[a-z][a-z0-9-]{0,15}$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPrefixPattern();
}

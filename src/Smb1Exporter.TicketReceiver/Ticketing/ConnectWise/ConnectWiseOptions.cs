using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;

/// <summary>Who sees a note.</summary>
internal enum ConnectWiseNotes
{
    /// <summary>Only the provider's people: flag internalAnalysisFlag, "Internal" in ConnectWise.</summary>
    Internal,

    /// <summary>The customer too: flag detailDescriptionFlag, "Discussion" in ConnectWise.</summary>
    Discussion,
}

/// <summary>Settings of ConnectWise PSA; group <c>ConnectWise</c>.</summary>
internal sealed class ConnectWiseOptions : ITicketingSystemOptions
{
    private const string Group = "ConnectWise";

    public RouteParts Uses => RouteParts.Company | RouteParts.Board | RouteParts.Priority | RouteParts.Contact;

    /// <summary>
    /// The API makes no ticket without a company. Without a board it would take the one that the API member has by default, which nobody
    /// sees in the settings.
    /// </summary>
    public RouteParts Needs => RouteParts.Company | RouteParts.Board;

    /// <summary>Where the API is, ending in a slash; null when not set.</summary>
    public Uri? Url { get; private init; }

    /// <summary>The company with which the provider's people sign in; not a customer.</summary>
    public string CompanyId { get; private init; } = "";

    /// <summary>The API member's public key.</summary>
    public string PublicKey { get; private init; } = "";

    /// <summary>The API member's private key.</summary>
    public Secret? PrivateKey { get; private init; }

    /// <summary>The GUID of the user's own integration. The vendor wants it treated as a password (Developer Guide, ClientIds).</summary>
    public Secret? ClientId { get; private init; }

    /// <summary>Who sees a note. Default: <see cref="ConnectWiseNotes.Internal"/>.</summary>
    public ConnectWiseNotes Notes { get; private init; }

    public static ConnectWiseOptions Read(SectionReader reader, bool selected)
    {
        var options = new ConnectWiseOptions
        {
            Url = TicketAddress.Read(reader, $"{Group}:{nameof(Url)}", selected, "https://api-na.myconnectwise.net") is { } address ? ApiOf(address) : null,
            CompanyId = reader.Text($"{Group}:{nameof(CompanyId)}", "").Trim(),
            PublicKey = reader.Text($"{Group}:{nameof(PublicKey)}", "").Trim(),
            PrivateKey = reader.Secret($"{Group}:{nameof(PrivateKey)}"),
            ClientId = reader.Secret($"{Group}:{nameof(ClientId)}"),
            Notes = reader.Choice($"{Group}:{nameof(Notes)}", ConnectWiseNotes.Internal),
        };
        if (selected)
        {
            reader.Require($"{Group}:{nameof(CompanyId)}", options.CompanyId.Length == 0, "Set it to the company with which you sign in to ConnectWise.");
            reader.Require($"{Group}:{nameof(PublicKey)}", options.PublicKey.Length == 0, "Set it to the public key of the API member.");
            reader.Require($"{Group}:{nameof(PrivateKey)}File", options.PrivateKey is null, "Set it to a file that holds the private key of the API member.");
            reader.Require($"{Group}:{nameof(ClientId)}File", options.ClientId is null, "Set it to a file that holds the clientId of your integration.");
        }

        return options;
    }

    public ITicketingSystem Create(TicketingContext context) => new ConnectWiseTicketingSystem(this, context);

    private static Uri ApiOf(Uri address) => address.AbsolutePath.EndsWith("/apis/3.0/", StringComparison.OrdinalIgnoreCase)
        ? address
        : new Uri(address, "v4_6_release/apis/3.0/");
}

using System.Text.RegularExpressions;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Settings for ServiceNow.</summary>
internal sealed partial class ServiceNowOptions : ITicketingSystemOptions
{
    private const string Group = "ServiceNow:";
    private const string AName = "a name as ServiceNow has it: letters, digits and underscores";

    /// <summary>The address of the instance, ending in a slash.</summary>
    public required Uri? Url { get; init; }

    /// <summary>The account, with <see cref="Password"/>.</summary>
    public required string? User { get; init; }

    /// <summary>The account's password.</summary>
    public required Secret? Password { get; init; }

    /// <summary>A key for the REST API, instead of an account.</summary>
    public required Secret? ApiKey { get; init; }

    /// <summary>An OAuth client, with <see cref="ClientSecret"/>, instead of an account.</summary>
    public required string? ClientId { get; init; }

    /// <summary>The OAuth client's secret.</summary>
    public required Secret? ClientSecret { get; init; }

    /// <summary>The table of the tickets, which extends task.</summary>
    public required string Table { get; init; }

    /// <summary>The column that holds the key.</summary>
    public required string KeyField { get; init; }

    /// <summary>Values of state in which a ticket takes no more notes though it may still be active.</summary>
    public required IReadOnlySet<string> ClosedStates { get; init; }

    /// <summary>Whether the caller sees notes.</summary>
    public required bool NotesVisible { get; init; }

    public RouteParts Uses => RouteParts.Company | RouteParts.Queue | RouteParts.Priority | RouteParts.Contact;

    public RouteParts Needs => RouteParts.None;

    public static ServiceNowOptions Read(SectionReader reader, bool selected)
    {
        var options = new ServiceNowOptions
        {
            Url = TicketAddress.Read(reader, $"{Group}{nameof(Url)}", selected),
            User = reader.Text($"{Group}{nameof(User)}", null),
            Password = reader.Secret($"{Group}{nameof(Password)}"),
            ApiKey = reader.Secret($"{Group}{nameof(ApiKey)}"),
            ClientId = reader.Text($"{Group}{nameof(ClientId)}", null),
            ClientSecret = reader.Secret($"{Group}{nameof(ClientSecret)}"),
            Table = Name(reader, nameof(Table), "incident"),
            KeyField = Name(reader, nameof(KeyField), "correlation_id"),
            ClosedStates = States(reader),
            NotesVisible = reader.Flag($"{Group}{nameof(NotesVisible)}", false),
        };
        if (selected && options.SignIns() != 1)
        {
            reader.Reject(
                $"{Group}{nameof(User)}",
                "one way to sign in is needed, and only one: User with PasswordFile, or ApiKeyFile, or ClientId with ClientSecretFile.");
        }

        return options;
    }

    public ITicketingSystem Create(TicketingContext context) => new ServiceNowTicketingSystem(this, context);

    private int SignIns()
    {
        var halves = (User is null) != (Password is null) || (ClientId is null) != (ClientSecret is null);
        return halves ? 0 : new object?[] { User, ApiKey, ClientId }.Count(way => way is not null);
    }

    private static string Name(SectionReader reader, string key, string otherwise) =>
        reader.Value($"{Group}{key}", otherwise, text => NamePattern().IsMatch(text) ? text : throw new FormatException(), AName);

    private static HashSet<string> States(SectionReader reader)
    {
        var states = reader.List($"{Group}{nameof(ClosedStates)}", items =>
        {
            if (items.FirstOrDefault(item => !StatePattern().IsMatch(item)) is { } wrong)
            {
                throw new FormatException($"'{wrong}' is no value of a state. List the values of the states in which a ticket is closed, such as 6, 7, 8");
            }
        });

        // Resolved, Closed and Canceled of an incident in an instance as delivered.
        return states.Count == 0 ? ["6", "7", "8"] : [.. states];
    }

    [GeneratedRegex("^[a-z0-9_]{1,80}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^-?[A-Za-z0-9_]{1,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex StatePattern();
}

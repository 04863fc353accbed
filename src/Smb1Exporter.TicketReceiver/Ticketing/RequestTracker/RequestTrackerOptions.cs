using System.Net.Http.Headers;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;

/// <summary>The settings <c>RequestTracker:…</c>.</summary>
internal sealed class RequestTrackerOptions : ITicketingSystemOptions
{
    private const string Group = nameof(TicketingSystemKind.RequestTracker);
    private const string DefaultKeyField = "SMB1 Key";

    private readonly Uri? _url;
    private readonly Secret? _token;
    private readonly string _keyField;

    private RequestTrackerOptions(Uri? url, Secret? token, string keyField)
    {
        _url = url;
        _token = token;
        _keyField = keyField;
    }

    public RouteParts Uses => RouteParts.Queue | RouteParts.Priority | RouteParts.Contact;

    public RouteParts Needs => RouteParts.Queue;

    /// <param name="reader">The section that holds the group <c>RequestTracker</c>.</param>
    /// <param name="selected">Whether it is in use, and must be complete.</param>
    public static RequestTrackerOptions Read(SectionReader reader, bool selected)
    {
        var url = TicketAddress.Read(reader, $"{Group}:Url", selected, "https://rt.example");
        var token = reader.Secret($"{Group}:Token");
        var keyField = reader.Text($"{Group}:KeyField", DefaultKeyField).Trim();
        if (url is not null && url.AbsolutePath.Contains("/REST/", StringComparison.OrdinalIgnoreCase))
        {
            reader.Reject($"{Group}:Url", $"'{url}' is the address of an interface. Set it to the address at which people open Request Tracker.");
        }

        // TicketSQL and REST2 both take a number for the id of a field.
        if (keyField.All(char.IsAsciiDigit))
        {
            reader.Reject($"{Group}:KeyField", $"'{keyField}' is a number. Set it to the name of a custom field, which must not be a number.");
        }

        // In TicketSQL braces enclose the name.
        if (keyField.AsSpan().ContainsAny('{', '}'))
        {
            reader.Reject($"{Group}:KeyField", $"'{keyField}' holds a brace, by which a search would not find it. Set it to the name of a custom field without braces.");
        }

        reader.Require(
            $"{Group}:Token", selected && token is null, $"Name a file that holds the token of Request Tracker with {ReceiverSetting($"{Group}:TokenFile")}.");

        return new RequestTrackerOptions(url, token, keyField);
    }

    public ITicketingSystem Create(TicketingContext context)
    {
        var name = $"Request Tracker at {_url!.GetLeftPart(UriPartial.Path).TrimEnd('/')}";
        return new RequestTrackerTicketingSystem(
            name,
            context.Http.Create(_url, name, SignInAsync, _token),
            new RequestTrackerRequests(_keyField),
            _keyField,
            context.Routes);
    }

    private static string ReceiverSetting(string key) => $"Receiver:{key}";

    private ValueTask SignInAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("token", _token!.Reveal());
        return ValueTask.CompletedTask;
    }
}

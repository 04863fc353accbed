using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.Webhook;

/// <summary>Settings; section <c>Receiver:Webhook</c>.</summary>
internal sealed record WebhookOptions : ITicketingSystemOptions
{
    // A template of this size is certainly another file.
    private const int LongestTemplate = 256 * 1024;

    /// <summary>The address; its query, if any, included.</summary>
    public required Uri Url { get; init; }

    /// <summary>The end of the address where that is a secret; null for none.</summary>
    public Secret? UrlSecret { get; init; }

    public WebhookMethod Method { get; init; }

    /// <summary>The headers that each request gets, in the order of the settings.</summary>
    public required IReadOnlyList<WebhookHeader> Headers { get; init; }

    /// <summary>What is sent.</summary>
    public required WebhookTemplate Template { get; init; }

    /// <summary>Where the answer names the ticket; null when it need not.</summary>
    public JsonPointer? ReferencePath { get; init; }

    /// <summary>Whether OPTIONS is sent to the address before anything is delivered.</summary>
    public bool Probe { get; init; }

    public RouteParts Uses => RouteParts.Company | RouteParts.Board | RouteParts.Queue | RouteParts.Priority | RouteParts.Contact;

    public RouteParts Needs => RouteParts.None;

    public ITicketingSystem Create(TicketingContext context) => new WebhookTicketingSystem(this, context);

    /// <param name="reader">The section Receiver.</param>
    /// <param name="selected">Whether these settings are used, so must be complete.</param>
    public static WebhookOptions Read(SectionReader reader, bool selected)
    {
        var text = reader.Text("Webhook:Url", null)?.Trim();
        var url = text is null ? null : ParseUrl(text);
        if (selected && text is null)
        {
            reader.Reject("Webhook:Url", "is missing. Set it to the address that takes the tickets.");
        }
        else if (text is not null && url is null)
        {
            // What stands before an @ may be a password.
            reader.Reject("Webhook:Url", $"'{text[(text.LastIndexOf('@') + 1)..]}' is not an address such as https://hooks.example/smb1, without a user name. Correct it.");
        }

        var urlSecret = reader.Secret("Webhook:UrlSecret");
        var method = reader.Choice("Webhook:Method", WebhookMethod.Post);
        var authorization = reader.Secret("Webhook:Authorization");
        var headers = reader.Groups("Webhook:Headers", prefix => WebhookHeader.Read(reader, prefix)).OfType<WebhookHeader>();
        WebhookHeader[] all = [.. authorization is null ? [] : new[] { new WebhookHeader(WebhookHeader.Authorization, null, authorization) }, .. headers];
        if (url is { IsLoopback: false, Scheme: "http" } && all.Any(header => header.Secret is not null))
        {
            reader.Reject("Webhook:Url", "would send secrets unencrypted. Use https.");
        }

        return new WebhookOptions
        {
            Url = url ?? new Uri("https://webhook.invalid/"),
            UrlSecret = urlSecret,
            Method = method,
            Headers = all,
            Template = ReadTemplate(reader),
            ReferencePath = reader.Value<JsonPointer?>("Webhook:ReferencePath", null, JsonPointer.Parse, "a JSON pointer (RFC 6901) such as /ticket/id"),
            Probe = reader.Flag("Webhook:Probe", true),
        };
    }

    /// <summary>An absolute address, with a query if need be; null when it is none.</summary>
    public static Uri? ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url is { UserInfo: "", Fragment: "" } ? url : null;

    private static WebhookTemplate ReadTemplate(SectionReader reader)
    {
        var standard = WebhookTemplate.Parse(WebhookTemplate.Default);
        var file = reader.Value<string?>("Webhook:TemplateFile", null, Path.GetFullPath, "a path");
        if (file is null)
        {
            return standard;
        }

        try
        {
            return new FileInfo(file) is { Exists: true, Length: > LongestTemplate }
                ? throw new FormatException($"it is larger than {LongestTemplate} bytes")
                : WebhookTemplate.Parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reader.Reject("Webhook:TemplateFile", $"{file} cannot be read: {e.Message.TrimEnd('.')}. Name a file of JSON with placeholders.");
        }
        catch (FormatException e)
        {
            reader.Reject("Webhook:TemplateFile", $"{file}: {e.Message}. Correct the file, or remove the setting to use the default.");
        }

        return standard;
    }
}

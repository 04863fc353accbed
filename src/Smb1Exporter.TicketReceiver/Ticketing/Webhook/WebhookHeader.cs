using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Ticketing.Webhook;

/// <summary>A header that each request gets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null where it is a secret.</param>
/// <param name="Secret">Its value where that is a secret.</param>
internal sealed partial record WebhookHeader(string Name, string? Value, Secret? Secret)
{
    public const string Authorization = "Authorization";

    /// <summary>Names a delivery, so that the receiver can drop a repeat (draft-ietf-httpapi-idempotency-key-header).</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    // What HTTP itself or this program sets.
    private static readonly string[] Reserved =
        ["Host", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Expect", "Accept", "User-Agent", IdempotencyKey];

    /// <summary>Reads one entry of <c>Webhook:Headers</c>; null when it is wrong.</summary>
    public static WebhookHeader? Read(SectionReader reader, string prefix)
    {
        var name = reader.Text($"{prefix}Name", null)?.Trim();
        var value = reader.Text($"{prefix}Value", null)?.Trim();
        var secret = reader.Secret($"{prefix}Secret");
        if (prefix.EndsWith(":N:", StringComparison.Ordinal))
        {
            return null;
        }

        if (name is null || !TokenPattern().IsMatch(name) || Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            reader.Reject($"{prefix}Name", $"'{name}' is not the name of a header that can be added. Name one, such as X-Api-Key.");
        }
        else if (name.Equals(Authorization, StringComparison.OrdinalIgnoreCase))
        {
            reader.Reject($"{prefix}Name", "Authorization has a setting of its own. Use Receiver:Webhook:AuthorizationFile.");
        }
        else if (value is null == secret is null)
        {
            reader.Reject($"{prefix}Value", $"the header {name} needs either Value or SecretFile. Set one of them.");
        }
        else
        {
            return new WebhookHeader(name, value, secret);
        }

        return null;
    }

    // RFC 9110, 5.1 and 5.6.2.
    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex TokenPattern();
}

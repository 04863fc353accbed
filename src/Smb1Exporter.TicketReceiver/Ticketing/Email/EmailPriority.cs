using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>
/// Part Priority of a route, as the two headers by which mail has a priority: <c>Importance</c> (RFC 2156) and <c>X-Priority</c>
/// ([MS-OXCMAIL] 2.2.3.2.10). Pure.
/// </summary>
internal sealed record EmailPriority(MessageImportance Importance, XMessagePriority XPriority)
{
    /// <summary>The names there are, for messages.</summary>
    public const string Names = "High, Normal and Low";

    /// <summary>Any case.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EmailPriority? priority)
    {
        priority = text.ToUpperInvariant() switch
        {
            "HIGH" => new EmailPriority(MessageImportance.High, XMessagePriority.Highest),
            "NORMAL" => new EmailPriority(MessageImportance.Normal, XMessagePriority.Normal),
            "LOW" => new EmailPriority(MessageImportance.Low, XMessagePriority.Lowest),
            _ => null,
        };
        return priority is not null;
    }
}

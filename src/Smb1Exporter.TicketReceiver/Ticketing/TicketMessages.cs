using Smb1Exporter.TicketReceiver.Composing;

namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>Makes of a composed text what a ticketing system gets. Pure.</summary>
internal static class TicketMessages
{
    private const int KeyDigits = 32;

    /// <summary>The message for a notification of a server.</summary>
    /// <param name="notificationId">See <see cref="TicketMessage"/>.</param>
    /// <param name="deliveryId">See <see cref="TicketMessage"/>.</param>
    /// <param name="serverKey">The server's key in the database: 64 hexadecimal digits.</param>
    /// <param name="customer">The customer's name.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="text">The composed text.</param>
    /// <param name="options">The settings.</param>
    public static TicketMessage Compose(
        long notificationId, string deliveryId, string serverKey, string customer, string server, TicketText text, TicketingOptions options)
    {
        // A template may leave the name out, which only the catch-all needs.
        var nameless = options.TicketingSystem != TicketingSystemKind.BuiltIn
            && !options.Routes.IsNamed(customer)
            && !text.Body.Contains(customer, StringComparison.Ordinal);
        return new TicketMessage(
            notificationId,
            deliveryId,
            $"{options.KeyPrefix}-{serverKey[..KeyDigits].ToLowerInvariant()}",
            customer,
            server,
            text.Subject,
            nameless ? $"{text.Body}\nCustomer: {customer}" : text.Body,
            options.Routes.Of(customer));
    }
}

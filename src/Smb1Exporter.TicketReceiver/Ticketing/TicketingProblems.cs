using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>What keeps a ticketing system from taking tickets.</summary>
internal static class TicketingProblems
{
    /// <summary>Asks the system; that it cannot be asked is a problem too.</summary>
    /// <returns>One sentence or two each; empty when nothing is wrong.</returns>
    public static async Task<IReadOnlyList<string>> FindAsync(ITicketingSystem ticketing, CancellationToken cancellationToken)
    {
        try
        {
            return await ticketing.CheckAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return [Tell(e)];
        }
    }

    /// <summary>An exception as people read it.</summary>
    public static string Tell(Exception exception) => exception is TicketingException or StartupException
        ? exception.Message
        : SafeText.Line(exception.GetBaseException().Message) ?? exception.GetType().Name;
}

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>What became of the servers' notifications of one payload.</summary>
/// <param name="Stored">How many are to be delivered.</param>
/// <param name="Duplicates">How many were stored before already.</param>
/// <param name="Ids">Those that came from this sender first; <see cref="INotificationIntake.AnswerEnded"/> is told of them.</param>
/// <param name="Keys">The servers for which there is something to be delivered.</param>
internal sealed record AcceptedNotifications(int Stored, int Duplicates, IReadOnlyList<long> Ids, IReadOnlyList<string> Keys);

/// <summary>Where notifications go once they are read. Implemented by whoever delivers them.</summary>
internal interface INotificationIntake
{
    /// <summary>Stores the notifications; they are on disk when this returns.</summary>
    /// <param name="notifications">One for each server.</param>
    /// <param name="sender">Identifies the Alertmanager that sent them.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NotStoredException">Nothing is stored; the message says why.</exception>
    Task<AcceptedNotifications> AcceptAsync(IReadOnlyList<ServerNotification> notifications, string sender, CancellationToken cancellationToken);

    /// <summary>Says that the sender's answer was sent, or could not be. To be called once after each <see cref="AcceptAsync"/> that stored.</summary>
    void AnswerEnded(AcceptedNotifications accepted, bool sent);
}

/// <summary>Notifications could not be stored now; the sender may try again.</summary>
internal sealed class NotStoredException(string message, Exception innerException) : Exception(message, innerException);

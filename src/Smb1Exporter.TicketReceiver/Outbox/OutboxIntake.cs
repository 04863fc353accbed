using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>The outbox as the alerts see it: stores what they bring and has it delivered.</summary>
internal sealed class OutboxIntake(OutboxStore outbox, DatabaseAccess databases, AnswerRecorder answers, DeliveryWorker worker) : INotificationIntake
{
    public async Task<AcceptedNotifications> AcceptAsync(
        IReadOnlyList<ServerNotification> notifications, string sender, CancellationToken cancellationToken)
    {
        AcceptedNotifications accepted;
        try
        {
            accepted = await outbox.AcceptAsync(notifications, sender, cancellationToken);
        }
        catch (Exception e)
        {
            throw new NotStoredException($"The notification could not be stored in {databases.Name}: {databases.Explain(e)}", e);
        }

        worker.Announce(accepted.Keys);
        answers.Begin(accepted.Ids);
        return accepted;
    }

    public void AnswerEnded(AcceptedNotifications accepted, bool sent) => answers.End(accepted.Ids, sent);
}

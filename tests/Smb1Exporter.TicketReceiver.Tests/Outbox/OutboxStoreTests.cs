using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Outbox;

public sealed class OutboxStoreTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sender_without_an_answer_that_sends_again_adds_nothing_also_when_the_other_of_its_pair_got_one(bool answerFailed)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        var outbox = receiver.Services.GetRequiredService<OutboxStore>();
        var answers = receiver.Services.GetRequiredService<AnswerRecorder>();
        var first = await AcceptAsync("first");
        Assert.Equal((1, 0, 1), (first.Stored, first.Duplicates, first.Ids.Count));
        if (answerFailed)
        {
            answers.Begin(first.Ids);
            answers.End(first.Ids, sent: false);
        }

        var second = await AcceptAsync("second");
        Assert.Equal((0, 1, 0), (second.Stored, second.Duplicates, second.Ids.Count));
        answers.Begin(second.Ids);
        answers.End(second.Ids, sent: true);

        var again = await AcceptAsync("first");
        Assert.Equal((0, 1, 1), (again.Stored, again.Duplicates, again.Ids.Count));
        answers.Begin(again.Ids);
        var repetition = await AcceptAsync("first");
        Assert.Equal((1, 0, 1), (repetition.Stored, repetition.Duplicates, repetition.Ids.Count));

        Task<AcceptedNotifications> AcceptAsync(string sender) => outbox.AcceptAsync(
            [new ServerNotification(new string('a', 64), "Contoso", "FS01", [], 0, false, "digest")], sender, TestContext.Current.CancellationToken);
    }
}

using System.Collections.Concurrent;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>A ticketing system that answers as a test says.</summary>
internal sealed class FakeTicketing(Func<TicketMessage, int, TicketingOutcome> answer) : ITicketingSystem
{
    private readonly ConcurrentDictionary<string, string> _open = new();
    private readonly ConcurrentQueue<TicketMessage> _accepted = new();
    private int _attempts;

    public IEnumerable<TicketMessage> Accepted => _accepted;

    public int Attempts => _attempts;

    public string Name => "a fake";

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken) =>
        Task.FromResult<TicketingOutcome>(new TicketingOutcome.Done(_open.GetValueOrDefault(search.Key)));

    public Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        Task.FromResult<TicketingOutcome>(new TicketingOutcome.Done(null));

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note) => [];

    public Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken) => Take(message);

    public Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) => Take(message);

    private Task<TicketingOutcome> Take(TicketMessage message)
    {
        var outcome = answer(message, Interlocked.Increment(ref _attempts));
        if (outcome is TicketingOutcome.Done { Reference: { } reference })
        {
            _open[message.Key] = reference;
            _accepted.Enqueue(message);
        }

        return Task.FromResult(outcome);
    }
}

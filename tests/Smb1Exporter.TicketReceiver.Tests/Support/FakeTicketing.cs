using System.Collections.Concurrent;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>A ticketing system that answers as a test says.</summary>
internal sealed class FakeTicketing(Func<TicketMessage, int, TicketingOutcome> answer) : ITicketingSystem
{
    private readonly ConcurrentDictionary<string, string> _open = new();
    private readonly ConcurrentQueue<TicketMessage> _accepted = new();
    private int _attempts;
    private int _searches;

    public IEnumerable<TicketMessage> Accepted => _accepted;

    public int Attempts => _attempts;

    /// <summary>What an attempt at a ticket or note waits for before it has its effect.</summary>
    public Func<Task> Before { get; init; } = () => Task.CompletedTask;

    /// <summary>What a search waits for.</summary>
    public Func<Task> BeforeSearch { get; init; } = () => Task.CompletedTask;

    public int Searches => _searches;

    public string Name => "a fake";

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public async Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        var found = new TicketingOutcome.Done(_open.GetValueOrDefault(search.Key));
        Interlocked.Increment(ref _searches);
        await BeforeSearch();
        return found;
    }

    public Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        Task.FromResult<TicketingOutcome>(new TicketingOutcome.Done(null));

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note) => [];

    public Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken) => Take(message);

    public Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) => Take(message);

    private async Task<TicketingOutcome> Take(TicketMessage message)
    {
        var outcome = answer(message, Interlocked.Increment(ref _attempts));
        await Before();
        if (outcome is TicketingOutcome.Done { Reference: { } reference })
        {
            _open[message.Key] = reference;
            _accepted.Enqueue(message);
        }

        return outcome;
    }
}

using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>
/// Faults on the way to tickets that lie in the receiver's own database, where no request crosses a wire: each statement and each commit of the
/// ticketing system is what a request is elsewhere. Statements of the outbox, the pages and /metrics never fail.
/// </summary>
/// <param name="fault">What the driver of the database throws.</param>
internal sealed class FaultyDatabase(Func<Exception> fault) : DbCommandInterceptor, IDbTransactionInterceptor
{
    private readonly AsyncLocal<bool> _isTicketing = new();
    private readonly ConcurrentDictionary<Guid, bool> _lost = new();

    /// <summary>Which statements go wrong; <see cref="FaultKind.Cut"/> and <see cref="FaultKind.LostAnswer"/> can be met.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>Why a fault cannot be met here; null where it can.</summary>
    public static string? Excludes(FaultKind kind) => kind switch
    {
        FaultKind.Cut or FaultKind.LostAnswer => null,
        FaultKind.Silence => "the time-out of the database's driver applies, which this stands in front of",
        _ => "a database has no such answer to a statement",
    };

    /// <summary>Puts itself between the receiver's ticketing system and its database.</summary>
    public void AddTo(IServiceCollection services)
    {
        var system = services.Last(service => service.ServiceType == typeof(ITicketingSystem)).ImplementationFactory!;
        services.AddSingleton<ITicketingSystem>(provider => new Watched((ITicketingSystem)system(provider), _isTicketing));
        services.ConfigureDbContext<ReceiverDatabase>(database => database.AddInterceptors(this));
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Before(eventData.CommandId);
        return ValueTask.FromResult(result);
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (_lost.TryRemove(eventData.CommandId, out _))
        {
            await result.DisposeAsync();
            throw fault();
        }

        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Before(eventData.CommandId);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        _lost.TryRemove(eventData.CommandId, out _) ? throw fault() : ValueTask.FromResult(result);

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Before(eventData.TransactionId);
        return ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        _lost.TryRemove(eventData.TransactionId, out _) ? throw fault() : Task.CompletedTask;

    private void Before(Guid id)
    {
        if (!_isTicketing.Value)
        {
            return;
        }

        switch (Faults.Next(new DefaultHttpContext().Request))
        {
            case null:
                break;
            case { Kind: FaultKind.Cut }:
                throw fault();
            case { Kind: FaultKind.LostAnswer }:
                _lost[id] = true;
                break;
            case { Kind: var kind }:
                throw new NotSupportedException($"{kind}: {Excludes(kind)}");
        }
    }

    /// <summary>The ticketing system, whose calls are told from all else that uses the database.</summary>
    private sealed class Watched(ITicketingSystem system, AsyncLocal<bool> isTicketing) : ITicketingSystem
    {
        public string Name => system.Name;

        public bool KnowsDeliveries => system.KnowsDeliveries;

        public TimeSpan SearchLag => system.SearchLag;

        public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => system.CheckAsync(cancellationToken);

        public Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken) =>
            WatchAsync(() => system.FindOpenAsync(search, cancellationToken));

        public Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken) =>
            WatchAsync(() => system.CreateAsync(message, cancellationToken));

        public Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
            WatchAsync(() => system.FindNoteAsync(reference, message, cancellationToken));

        public Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
            WatchAsync(() => system.AddNoteAsync(reference, message, cancellationToken));

        public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note) => system.Preview(ticket, note);

        // What is set in here is forgotten by the caller.
        private async Task<TicketingOutcome> WatchAsync(Func<Task<TicketingOutcome>> call)
        {
            isTicketing.Value = true;
            return await call();
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.BuiltIn;

/// <summary>The built-in tickets, which lie in the receiver's own database. Its kinds say which that is.</summary>
/// <param name="fault">What the database's library throws when the connection to it fails.</param>
internal abstract class BuiltInFixture(Func<Exception> fault) : IStatefulFixture
{
    private readonly FaultyDatabase _faulty = new(fault);

    public abstract IReadOnlyList<(string Key, string Value)> Settings { get; }

    public string CatchAll => "";

    public string Contoso => "";

    public int LongestSubject => 8 * 255;

    public abstract IReadOnlyList<string> Secrets { get; }

    public FaultPlan Faults => _faulty.Faults;

    public string ToldWhenDown => "not delivered";

    public bool AsksForTime => false;

    public bool Refuses => false;

    public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations { get; } = new Dictionary<string, Misconfiguration>();

    public string? Excludes(FaultKind kind) => FaultyDatabase.Excludes(kind);

    public void Adapt(IServiceCollection services) => _faulty.AddTo(services);

    public abstract Task<IReadOnlyList<SeenTicket>> TicketsAsync();

    public Task CloseAsync(string reference) => RunAsync($"UPDATE \"Tickets\" SET \"ClosedAt\" = 1 WHERE \"Id\" = {reference}");

    public Task DeleteAsync(string reference) => RunAsync($"DELETE FROM \"Tickets\" WHERE \"Id\" = {reference}");

    public Task MoveAsync(string reference) => Task.CompletedTask;

    public Task AddForeignTicketAsync() => Task.CompletedTask;

    public bool LoseKeys() => false;

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs a statement in the database, past the receiver.</summary>
    protected abstract Task RunAsync(string sql);
}

using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

/// <summary>A ticket as a technician sees it in the ticketing system.</summary>
/// <param name="Reference">As the system calls it.</param>
/// <param name="Destination">The company, board, queue, … in which it lies, as the fixture writes its routes.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Body">Its opening text.</param>
/// <param name="Notes">Its notes, oldest first.</param>
/// <param name="IsOpen">Whether it is open.</param>
internal sealed record SeenTicket(string Reference, string Destination, string Subject, string Body, IReadOnlyList<string> Notes, bool IsOpen);

/// <summary>A way to set a ticketing system up wrongly.</summary>
/// <param name="Break">Spoils the system, or gives settings that stand in place of those of the fixture.</param>
/// <param name="Mend">Makes the system right; null where the settings themselves are wrong.</param>
/// <param name="Told">Words that what is told must hold.</param>
internal sealed record Misconfiguration(Func<Task<IEnumerable<(string Key, string Value)>>> Break, Func<Task>? Mend, params string[] Told);

/// <summary>A ticketing system that a test may do anything to, and the receiver's settings for it.</summary>
internal interface ITicketingFixture : IAsyncDisposable
{
    /// <summary>Settings with which a receiver uses it. The catch-all's route is set; customer "Contoso" has one of its own.</summary>
    IReadOnlyList<(string Key, string Value)> Settings { get; }

    /// <summary>Destination of the catch-all, as in <see cref="SeenTicket"/>.</summary>
    string CatchAll { get; }

    /// <summary>Destination of customer "Contoso".</summary>
    string Contoso { get; }

    /// <summary>The longest subject that it takes, in UTF-16 code units.</summary>
    int LongestSubject { get; }

    /// <summary>What may never be shown.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>Which requests go wrong on their way.</summary>
    FaultPlan Faults { get; }

    /// <summary>Whether the system can say when it wants to be asked again.</summary>
    bool AsksForTime => true;

    /// <summary>Whether the system can refuse a request for good.</summary>
    bool Refuses => true;

    /// <summary>What the log says while every request is cut off.</summary>
    string ToldWhenDown => "No ticket can be delivered";

    /// <summary>Why a fault cannot be met on the way to this system; null where it can.</summary>
    string? Excludes(FaultKind kind) => null;

    /// <summary>Puts what the fixture needs into a receiver.</summary>
    void Adapt(IServiceCollection services)
    {
    }

    /// <summary>All tickets, oldest first.</summary>
    Task<IReadOnlyList<SeenTicket>> TicketsAsync();
}

/// <summary>A ticketing system that says what became of a ticket.</summary>
internal interface IStatefulFixture : ITicketingFixture
{
    /// <summary>Closes a ticket as a technician does.</summary>
    Task CloseAsync(string reference);

    /// <summary>The reference of the ticket that was opened last.</summary>
    async Task<string> NewestAsync() => (await TicketsAsync())[^1].Reference;

    /// <summary>Deletes a ticket for good.</summary>
    Task DeleteAsync(string reference);

    /// <summary>Moves a ticket elsewhere (another queue, board, project, …), where it stays open.</summary>
    Task MoveAsync(string reference);

    /// <summary>Waits until a search shows all that happened, as it does some time later.</summary>
    Task SettleAsync() => Task.CompletedTask;

    /// <summary>Opens a ticket of somebody else's, which has no key of ours.</summary>
    Task AddForeignTicketAsync();

    /// <summary>The ways to set it up wrongly, by name; empty where nothing can be.</summary>
    IReadOnlyDictionary<string, Misconfiguration> Misconfigurations { get; }

    /// <summary>From now on the system loses our key when a ticket is opened, and answers as if it did not. False when that cannot be.</summary>
    bool LoseKeys();
}

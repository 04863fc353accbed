using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.EndToEnd.Tests.Fakes;

/// <summary>
/// A mail server on a real socket, with the habits of servers in the field, and the service desk behind it. Without TLS and sign-in, which
/// others test; without SMTPUTF8.
/// </summary>
internal sealed class FakeMailServer : TcpServer
{
    private readonly ConcurrentDictionary<string, long> _firstSeen = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> _commands = [];
    private readonly ConcurrentQueue<string> _refusals = [];

    /// <summary>Gives each mail another Message-ID, and names it in its answer, as Amazon SES does.</summary>
    public bool RenamesMails { get; init; }

    /// <summary>How long a recipient that it never saw is refused, as postgrey does.</summary>
    public TimeSpan Greylisting { get; init; }

    /// <summary>Ends a connection at its second mail, as postscreen does.</summary>
    public bool TakesOneMailPerConnection { get; init; }

    /// <summary>
    /// Wants a full name or an address in brackets in EHLO, and says so at RCPT, as Postfix does with reject_non_fqdn_helo_hostname.
    /// </summary>
    public bool WantsFullName { get; init; }

    public FakeDesk Desk { get; } = new();

    /// <summary>The commands so far.</summary>
    public IReadOnlyCollection<string> Commands => _commands;

    /// <summary>The recipients that were refused so far, once for each time.</summary>
    public IReadOnlyCollection<string> Refusals => _refusals;

    /// <summary>How many mails are in tickets.</summary>
    public int Mails => Desk.Tickets.Sum(ticket => ticket.Mails.Count);

    public void Record(string command) => _commands.Enqueue(command);

    /// <summary>Why a recipient is not welcome, as an answer; null when it is.</summary>
    /// <param name="client">What the client called itself in EHLO.</param>
    public string? Refuse(string recipient, string client)
    {
        var answer =
            Stopwatch.GetElapsedTime(_firstSeen.GetOrAdd(recipient, Stopwatch.GetTimestamp())) < Greylisting
                ? "451 4.7.1 greylisted, please come back later"
            : WantsFullName && !client.Contains('.', StringComparison.Ordinal) && !client.StartsWith('[')
                ? $"504 5.5.2 <{client}>: Helo command rejected: need fully-qualified hostname"
            : null;
        if (answer is not null)
        {
            _refusals.Enqueue(recipient);
        }

        return answer;
    }

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var session = new FakeMailSession(this, client.GetStream());
        await session.RunAsync(cancellationToken);
    }
}

using Smb1Exporter.Auditing;

namespace Smb1Exporter.Tests.Support;

/// <summary>Servers that answer as the test lets them.</summary>
internal sealed class FakeProver : IServerProver
{
    public ProofResult Served { get; set; } = new(true, null, "127.0.0.1:445 answered");

    public ProofResult Audited { get; set; } = new(true, null, "the record arrived");

    public ProofResult Idle { get; set; } = new(true, null, "no SMB1 session is open");

    public IReadOnlyList<OpenSession> OpenSessions { get; set; } = [];

    public bool MayHideSessions { get; set; }

    public string Unseen { get; set; } = "";

    /// <summary>Address and port of a connection that it makes.</summary>
    public string? From { get; set; }

    public int Asked { get; private set; }

    public bool Asks => !IsBelief;

    /// <summary>Whether the settings are believed where it proves nothing, as on Windows.</summary>
    public bool IsBelief { get; init; }

    /// <summary>Hundredths of a second since the machine's start.</summary>
    public long? Uptime { get; set; }

    /// <summary>What changes with the servers.</summary>
    public string Stamp { get; set; } = "";

    /// <summary>Happens while they are asked.</summary>
    public Action Meanwhile { get; set; } = () => { };

    public required TimeProvider Clock { get; init; }

    public async Task<ServerProof> ProveAsync(Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        Asked++;
        Meanwhile();
        if (From is not null)
        {
            await beforeConnecting(From, cancellationToken);
        }

        return new ServerProof(Now(Served), Now(Audited), Now(Idle)) { OpenSessions = OpenSessions, MayHideSessions = MayHideSessions, Unseen = Unseen, IsBelief = IsBelief, Uptime = Uptime };
    }

    public Task<string> GetStampAsync(CancellationToken cancellationToken) => Task.FromResult(Stamp);

    private ProofResult Now(ProofResult result) => result with { Time = result.Answer is null ? null : Clock.GetUtcNow() };
}

using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;
using Smb1Exporter.Probing;
using Smb1Exporter.Probing.Windows;
using Smb1Exporter.State;
using Smb1Exporter.Tests.Auditing.Windows;
using Smb1Exporter.Tests.Probing.Wire;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Probing.Windows;

/// <summary>
/// Our own connection as on Windows: a server on this machine that writes what a Windows may write, an event log in memory, and what is counted of it. That a
/// real Windows writes any of it was not seen.
/// </summary>
public sealed class NegotiateQuestionTests : IAsyncDisposable
{
    private readonly StoreHarness _harness = new();
    private readonly EventLogFixture _log = new();
    private readonly OwnConnections _own;
    private readonly FakeSmbServer _server;
    private readonly NegotiateQuestion _question;
    private byte[] _answer = SmbdAnswers.Served;
    private Action<string> _records;
    private Action _beforeRead = () => { };
    private bool _isRead = true;

    public NegotiateQuestionTests()
    {
        _own = new OwnConnections(_harness.Clock);
        _records = client => _log.Audit.WriteAttempt(_harness.Now, client);
        _server = new FakeSmbServer(async (stream, token) =>
        {
            await FakeSmbServer.TakeMessageAsync(stream, token);
            _records($"{_server!.Seen.Last().Address}");
            if (_answer.Length > 0)
            {
                await stream.WriteAsync((byte[])[0, 0, 0, (byte)_answer.Length, .. _answer], token);
                await FakeSmbServer.UntilLeftAsync(stream, token);
            }
        });
        _question = new NegotiateQuestion(
            new SmbProbe(TimeProvider.System), _own, () => _server.Target with { Source = OwnSource.New() }, _harness.Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _log.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public async Task The_event_of_our_own_address_proves_auditing_and_counts_nothing()
    {
        var (served, audited) = await AskAsync();

        Assert.Equal((true, true), (served.Answer, audited.Answer));
        Assert.Contains("answered a negotiate for SMB1 alone with \"NT LM 0.12\"", served.Detail, StringComparison.Ordinal);
        Assert.NotNull(audited.Time);
        Assert.Empty(_harness.Store.Current.Clients);
    }

    [Fact]
    public async Task Where_no_event_comes_that_proves_nothing_and_the_settings_are_believed()
    {
        _records = _ => { };

        var (served, audited) = await AskAsync();

        Assert.Equal((true, null), (served.Answer, audited.Answer));
        Assert.Contains("no event 3000 of a connection of our own", audited.Detail, StringComparison.Ordinal);
        Assert.EndsWith("the system's own settings are believed", audited.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_reaches_the_log_seconds_after_the_answer_proves_auditing()
    {
        var reads = 0;
        _records = client => _beforeRead = () =>
        {
            if (++reads == 10)
            {
                _log.Audit.WriteAttempt(_harness.Now, client);
            }
        };

        Assert.True((await AskAsync()).Audited.Answer);
    }

    [Fact]
    public async Task The_event_of_a_client_in_the_same_moment_proves_nothing_and_counts()
    {
        _records = _ => _log.Audit.WriteAttempt(_harness.Now, "127.0.0.1");

        Assert.Null((await AskAsync()).Audited.Answer);
        Assert.Equal(1, _harness.TotalOf("127.0.0.1"));
    }

    [Fact]
    public async Task An_event_of_ours_that_is_read_after_the_program_was_killed_counts_nothing_and_a_clients_from_such_an_address_does()
    {
        _records = _ => { };
        await AskAsync();
        var ours = $"{Assert.Single(_server.Seen).Address}";
        _harness.Restart();
        _log.Audit.WriteAttempt(_harness.Now, ours);
        _log.Audit.WriteAttempt(_harness.Now, ours);
        _log.Audit.WriteAttempt(_harness.Now, ours == "127.83.1.1" ? "127.83.1.2" : "127.83.1.1");
        _log.Audit.WriteAttempt(_harness.Now, ours == "127.83.1.1" ? "127.83.1.2" : "127.83.1.1");
        Read();

        Assert.Equal((2, 0), (_harness.Store.Current.Clients.Sum(client => client.Attempts.Total), _harness.TotalOf(ours)));

        _harness.Clock.Advance(TimeSpan.FromHours(1));
        _log.Audit.WriteAttempt(_harness.Now, ours);
        Read();
        Assert.Equal(1, _harness.TotalOf(ours));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task Nobody_connects_unless_SMB1_is_on_by_the_settings(bool? isOn)
    {
        var (served, audited) = await AskAsync(isOn);

        Assert.Empty(_server.Seen);
        Assert.Equal((null, null), (served.Answer, audited.Answer));
        Assert.Contains("event 1001", served.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_refuses_is_believed_to_serve_SMB1_and_left_alone_until_its_settings_change()
    {
        (_answer, _records) = (SmbdAnswers.Refused, _ => { });

        var (served, audited) = await AskAsync();
        Assert.Equal((null, null), (served.Answer, audited.Answer));
        Assert.Contains("refused a negotiate for SMB1 alone, though SMB1 is on by the settings", served.Detail, StringComparison.Ordinal);

        Assert.Contains("not asked again", (await AskAsync()).Served.Detail, StringComparison.Ordinal);
        Assert.Single(_server.Seen);

        await AskAsync(isOn: false);
        _answer = SmbdAnswers.Served;
        Assert.True((await AskAsync()).Served.Answer);
    }

    [Fact]
    public async Task A_rejection_with_which_Windows_names_us_counts_nothing()
    {
        _answer = SmbdAnswers.Refused;
        _records = client => _log.Operational.Write(_harness.Now, EventXml.RejectionOfVersion0("1", client).Replace(
            EventXml.Time, $"{_harness.Now:yyyy-MM-ddTHH:mm:ss.fffffff}Z", StringComparison.Ordinal));

        await AskAsync();
        Read();

        Assert.Equal(0, _harness.Store.Current.Rejected.Total);
    }

    [Fact]
    public async Task While_the_event_log_is_not_being_read_nobody_connects()
    {
        _isRead = false;

        var (served, audited) = await AskAsync();

        Assert.Empty(_server.Seen);
        Assert.Equal((null, null), (served.Answer, audited.Answer));
        Assert.Contains("the event log is not being read", audited.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_whose_address_cannot_be_stored_is_not_made()
    {
        var asking = _question.AskAsync(true, (_, _) => throw new StateNotWrittenException(false, "the disk is full", new IOException()), Cancelled);

        await Assert.ThrowsAsync<StateNotWrittenException>(() => WhileReadingAsync(asking));
        Assert.Empty(_server.Seen);
    }

    [Fact]
    public async Task Where_the_server_hangs_up_the_settings_are_believed()
    {
        _answer = [];

        var (served, audited) = await AskAsync();

        Assert.Equal((null, null), (served.Answer, audited.Answer));
        Assert.Contains("could not be asked", served.Detail, StringComparison.Ordinal);
        Assert.EndsWith("the system's own settings are believed", served.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task The_settings_that_Windows_has_now_decide_whether_it_is_asked(bool isOn, int connections)
    {
        var cmdlets = new SmbServerCmdlets(
            new FakePowerShell { Smb1 = isOn, Auditing = true }, FakePowerShell.Path, new FakeEventChannel(SmbServerEvents.AuditChannel), Environment.ProcessPath!);
        var prover = new WindowsProver(new WindowsServerInspector(cmdlets, "FS01", () => [], _harness.Clock), _question, _harness.Clock);

        var proof = await WhileReadingAsync(prover.ProveAsync(NoteAsync, Cancelled));

        Assert.Equal(connections, _server.Seen.Count());
        Assert.Equal((isOn ? true : null, true, false), (proof.Audited.Answer, proof.IsBelief, prover.Asks));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Task<(ProofResult Served, ProofResult Audited)> AskAsync(bool? isOn = true) => WhileReadingAsync(_question.AskAsync(isOn, NoteAsync, Cancelled));

    private Task NoteAsync(string connection, CancellationToken cancellationToken)
    {
        Assert.DoesNotContain(_server.Seen, seen => OwnSource.NameOf(seen.Address) == connection);
        _harness.Store.NoteOwnConnection(connection);
        return Task.CompletedTask;
    }

    /// <summary>Reads, as the worker does, whenever somebody wants to know what came.</summary>
    private async Task<T> WhileReadingAsync<T>(Task<T> asking)
    {
        while (!asking.IsCompleted)
        {
            var asked = _own.Asked;
            if (_isRead)
            {
                Read();
            }

            _harness.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(asking, asked);
        }

        return await asking;
    }

    private void Read()
    {
        _beforeRead();
        var begun = _harness.Clock.GetTimestamp();
        var batch = _log.Source.Read(_harness.Start(), Cancelled);
        _harness.Apply(batch);
        _own.NoteRead(begun, batch);
    }
}

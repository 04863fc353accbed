using Smb1Exporter.Auditing;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Verdicts;

/// <summary>Something that happens to a server, and the verdict that page, report and rule must give of it.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Verdict">The word for the verdict.</param>
/// <param name="ReadyIn">From the time of the verdict to the earliest time at which it is ready; null where there is none.</param>
/// <param name="Happens">Makes it happen.</param>
internal sealed record VerdictCase(string Name, string Verdict, TimeSpan? ReadyIn, Func<Server, Task> Happens)
{
    /// <summary>Whether the exporter is running at the end.</summary>
    public bool IsRunning { get; init; } = true;

    public override string ToString() => Name;
}

/// <summary>A server with the whole exporter on it, and what can happen to both. Each waits until the exporter knows.</summary>
internal sealed class Server(ExporterHarness exporter)
{
    /// <summary>What a server must be quiet for, unless settings say otherwise.</summary>
    public static readonly TimeSpan ReadyAfter = TimeSpan.FromDays(1);

    private string[] _settings = [];

    public ExporterHarness Exporter => exporter;

    /// <summary>Installs the exporter where SMB1 is served; auditing is on from then on.</summary>
    public Task InstallAsync(params string[] settings) => StartAsync(new AuditingState(true, true, "Fake."), settings);

    public async Task StartAsync(AuditingState state, params string[] settings)
    {
        exporter.Switch.State = state with { CanBeSwitchedOn = false };
        _settings = settings;
        await exporter.StartAsync([$"--Exporter:ReadyAfter={ReadyAfter}", .. settings]);
        await WaitForPageAsync(page => page.Contains("Fake.", StringComparison.Ordinal) || state.AuditingEnabled == true);
        await exporter.WaitForAsync("smb1_audit_source_up", 1);
        if (state.AuditingEnabled is { } isOn)
        {
            await exporter.WaitForAsync("smb1_auditing_enabled", isOn ? 1 : 0);
        }
    }

    /// <summary>Restarts it, with what may have changed meanwhile.</summary>
    public async Task RestartAsync(TimeSpan after = default, AuditingState? state = null, string[]? settings = null)
    {
        await exporter.StopAsync();
        Pass(after);
        await StartAsync(state ?? exporter.Switch.State, settings ?? _settings);
    }

    /// <summary>Lets time pass, in which a running exporter looks at the server as it does.</summary>
    public void Pass(TimeSpan time)
    {
        if (!exporter.IsRunning)
        {
            exporter.Clock.Advance(time);
            return;
        }

        exporter.Watch(time);
    }

    public async Task AttemptAsync(string client = "192.168.1.214")
    {
        exporter.Source.Say(exporter.Attempt(client));
        await exporter.WaitForAsync("smb1_last_attempt_timestamp_seconds", exporter.Clock.GetUtcNow().ToUnixTimeSeconds());
    }

    public async Task ExcludedAttemptAsync(string client)
    {
        exporter.Source.Say(exporter.Attempt(client));
        await WaitForPageAsync(page => page.Contains("Attempts by excluded clients</th><td>1<", StringComparison.Ordinal));
    }

    public async Task RefuseAsync()
    {
        exporter.Source.Say(new AuditRecord(AuditRecordKind.Rejection, exporter.Clock.GetUtcNow(), "", null, 1, "test"));
        await WaitForPageAsync(page => page.Contains("Connections refused because SMB1 is off</th><td>1<", StringComparison.Ordinal));
    }

    public async Task LoseRecordsAsync()
    {
        exporter.Source.Say(new AuditGap("the log", "it wrapped"));
        await WaitForPageAsync(page => page.Contains("Times records were lost unread</th><td>1<", StringComparison.Ordinal));
    }

    public async Task LoseLogAsync()
    {
        exporter.Source.Fail(new AuditSourceException(ReadErrorReason.NotFound, "The log is not there."));
        await exporter.WaitForAsync("smb1_audit_source_up", 0);
    }

    public Task WaitForPageAsync(Func<string, bool> condition) =>
        Eventually.GetAsync(() => exporter.GetTextAsync("/"), condition, "the page");
}

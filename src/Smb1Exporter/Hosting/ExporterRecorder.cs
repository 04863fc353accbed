using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.Reporting;
using Smb1Exporter.State;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Hosting;

/// <summary>Puts together what the exporter knows, and keeps in the state file what it says of itself whenever that changes.</summary>
internal sealed class ExporterRecorder(
    AttemptStore store,
    HostState hostState,
    HostResource resource,
    IAuditSource source,
    CountingOptions counting,
    VerdictOptions verdict,
    TimeProvider timeProvider) : IHostedService
{
    private readonly Lock _lock = new();

    /// <summary>What is known right now.</summary>
    public Evidence Current => new(Exporter(), store.Current, Stale: "", timeProvider.GetUtcNow());

    public Task StartAsync(CancellationToken cancellationToken)
    {
        hostState.Changed += OnChanged;
        OnChanged(this, EventArgs.Empty);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        hostState.Changed -= OnChanged;
        return Task.CompletedTask;
    }

    private void OnChanged(object? sender, EventArgs e)
    {
        // Put together under the lock: of two changes at once the later one is kept.
        lock (_lock)
        {
            try
            {
                store.SetExporter(Exporter());
            }
            catch (StateNotWrittenException)
            {
                // That nothing can be stored is told by those who store what they read.
            }
        }
    }

    private ExporterRecord Exporter() => new(
        resource.Customer,
        resource.HostName,
        ProgramVersion.Text,
        source.Description,
        verdict.ReadyAfter,
        counting.ClientRetention,
        counting.MaxClients,
        counting.ExcludedClients,
        hostState.Reading);
}

namespace Smb1Exporter.Auditing;

/// <summary>An audit log that is read forward from a position.</summary>
internal interface IAuditSource : IDisposable
{
    /// <summary>The source as log lines and the page name it, for example "Samba audit log /var/log/samba/smb1_audit.json".</summary>
    string Description { get; }

    /// <summary>Reads what comes after <paramref name="start"/>, a bounded amount at a time.</summary>
    /// <exception cref="AuditSourceException">The log cannot be read now; the message names it and the remedy.</exception>
    AuditBatch Read(AuditStart start, CancellationToken cancellationToken);

    /// <summary>What would make the loss of records less likely, each with how to do it; empty when all is well. Never throws.</summary>
    IReadOnlyList<string> GetAdvice() => [];

    /// <summary>Completes when there may be more to read: on a change notice, or at the latest after the poll interval.</summary>
    Task WaitForMoreAsync(CancellationToken cancellationToken);
}

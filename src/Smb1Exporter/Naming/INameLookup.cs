using System.Net;

namespace Smb1Exporter.Naming;

/// <summary>Finds the name behind an address.</summary>
internal interface INameLookup
{
    /// <summary>Asks once. May take as long as it likes: who asks sets the limit.</summary>
    /// <returns>The name as it was answered, untrusted; null when there is none.</returns>
    /// <exception cref="TimeoutException">Nobody could tell.</exception>
    Task<string?> FindAsync(IPAddress address, CancellationToken cancellationToken);
}

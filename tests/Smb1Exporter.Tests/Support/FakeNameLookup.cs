using System.Collections.Concurrent;
using System.Net;
using Smb1Exporter.Naming;

namespace Smb1Exporter.Tests.Support;

/// <summary>A DNS that says what the test lets it say.</summary>
internal sealed class FakeNameLookup : INameLookup
{
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>What it answers; an address that is not here has no name.</summary>
    public ConcurrentDictionary<string, Task<string?>> Answers { get; } = new();

    public IReadOnlyList<string> Asked => [.. _asked];

    public Task<string?> FindAsync(IPAddress address, CancellationToken cancellationToken)
    {
        _asked.Enqueue(address.ToString());
        return Answers.GetValueOrDefault(address.ToString(), Task.FromResult<string?>(null));
    }
}

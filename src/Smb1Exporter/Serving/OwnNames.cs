using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Smb1Exporter.Serving;

/// <summary>The names of a host in a request that can only mean this machine.</summary>
internal sealed class OwnNames
{
    private static readonly TimeSpan LongestLookup = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookupInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _names;
    private readonly string[] _suffixes;
    private readonly bool _any;
    private readonly Func<Task<string?>> _findFullName;
    private readonly TimeProvider _timeProvider;
    private Task<string?>? _fullName;
    private long _askedAt;

    /// <param name="allowedHosts">
    /// The setting AllowedHosts, as ASP.NET Core has it: names with semicolons; <c>*.example.com</c> for all names below, <c>*</c> for any.
    /// </param>
    /// <param name="hostName">The name under which the exporter shows this host.</param>
    /// <param name="timeProvider">The clock.</param>
    public OwnNames(string? allowedHosts, string hostName, TimeProvider timeProvider)
        : this(allowedHosts, [hostName, .. NamesOfSystem()], FindFullNameAsync, timeProvider)
    {
    }

    /// <param name="allowedHosts">The setting.</param>
    /// <param name="names">Names that are known at once.</param>
    /// <param name="findFullName">Asks for the full name of this machine, which DNS may know; null when it does not.</param>
    /// <param name="timeProvider">The clock.</param>
    internal OwnNames(string? allowedHosts, IEnumerable<string> names, Func<Task<string?>> findFullName, TimeProvider timeProvider)
    {
        string[] allowed = [.. (allowedHosts ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        _any = allowed.Contains("*");
        _suffixes = [.. allowed.Where(name => name.StartsWith("*.", StringComparison.Ordinal)).Select(name => name[1..])];
        _names = new HashSet<string>(["localhost", .. names, .. allowed], StringComparer.OrdinalIgnoreCase);
        (_findFullName, _timeProvider) = (findFullName, timeProvider);
    }

    /// <summary>Whether a host is this machine: an address, a name of it, or none, as old clients send.</summary>
    /// <param name="host">The host of a request, without the port.</param>
    /// <param name="cancellationToken">Ends the wait for the system's answer about its full name.</param>
    public async Task<bool> ContainsAsync(string host, CancellationToken cancellationToken)
    {
        host = host.TrimEnd('.');
        return _any
            || host.Length == 0
            || IPAddress.TryParse(host, out _)
            || _names.Contains(host)
            || _suffixes.Any(suffix => host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            || string.Equals(host, await FullNameAsync().WaitAsync(cancellationToken), StringComparison.OrdinalIgnoreCase);
    }

    // Asked for once; again after a while if there was no answer, however many ask for foreign names meanwhile.
    private Task<string?> FullNameAsync()
    {
        lock (_lock)
        {
            if (_fullName is null
                || (_fullName is { IsCompletedSuccessfully: true, Result: null } && _timeProvider.GetElapsedTime(_askedAt) >= LookupInterval))
            {
                _askedAt = _timeProvider.GetTimestamp();
                _fullName = _findFullName();
            }

            return _fullName;
        }
    }

    private static IEnumerable<string> NamesOfSystem()
    {
        yield return Environment.MachineName;
        var name = Dns.GetHostName();
        yield return name;
        if (IPGlobalProperties.GetIPGlobalProperties().DomainName is { Length: > 0 } domain)
        {
            yield return $"{name}.{domain}";
        }
    }

    private static async Task<string?> FindFullNameAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(LongestLookup);
            var entry = await Dns.GetHostEntryAsync(Dns.GetHostName(), limit.Token).WaitAsync(limit.Token);
            return entry.HostName.TrimEnd('.');
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }
}

namespace Smb1Exporter.Serving;

/// <summary>
/// How much strangers can take. The figures are for a server that a few Prometheus servers scrape and a person looks at now and then. None is a
/// setting: whoever reaches one is answered, and the connections that matter least are closed instead.
/// </summary>
/// <param name="Connections">Connections open at once.</param>
/// <param name="AnswerBytes">Bytes of answers under way; the newest answer may be larger.</param>
/// <param name="LongestAnswer">How long a client may take for an answer. Prometheus gives up after its scrape_timeout, 10 s by default.</param>
internal sealed record ServingLimits(int Connections, long AnswerBytes, TimeSpan LongestAnswer)
{
    private const int OwnDescriptors = 256;
    private const int MostConnections = 64;
    private const int LeastConnections = 8;

    /// <summary>The limits for this process.</summary>
    public static ServingLimits OfProcess() => new(ConnectionsFor(OpenFilesLimit.Read()), 32 * 1024 * 1024, TimeSpan.FromMinutes(1));

    /// <summary>
    /// How many connections leave the program the descriptors that it needs itself: 219 were counted in a run, and logs, the state file and
    /// child processes come on top.
    /// </summary>
    /// <param name="openFiles">File descriptors that the process may have open; null for no limit.</param>
    internal static int ConnectionsFor(long? openFiles) =>
        openFiles is { } limit ? (int)Math.Clamp(limit - OwnDescriptors, LeastConnections, MostConnections) : MostConnections;
}

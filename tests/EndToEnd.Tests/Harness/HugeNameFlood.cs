using System.Diagnostics;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// A client without an account that asks for sessions with names of 58,000 control characters, 30 times a second. Each makes smbd write a record of
/// hundreds of kilobytes, so that it rotates the audit log several times a second, often in the middle of one.
/// </summary>
internal sealed class HugeNameFlood
{
    public const string Source = "127.0.66.6";

    private const int NameLength = 58_000;
    private const int PerSecond = 30;
    private static readonly TimeSpan ProgressLimit = TimeSpan.FromMinutes(3);
    private int _sent;

    private HugeNameFlood(SambaServer samba, int setUps) => Completion = RunAsync(samba, setUps);

    /// <summary>Ends when all of them were answered.</summary>
    public Task Completion { get; }

    public static HugeNameFlood Start(SambaServer samba, int seconds) => new(samba, seconds * PerSecond);

    /// <summary>Returns once it is that many seconds of its work along (or at its end), however long these took.</summary>
    public Task WhenAlongAsync(double seconds) =>
        Eventually.TrueAsync(() => Completion.IsCompleted || Volatile.Read(ref _sent) >= seconds * PerSecond, "the flood goes on", ProgressLimit);

    private async Task RunAsync(SambaServer samba, int setUps)
    {
        var setUp = Smb1Packets.SessionSetUp(new string('\u0001', NameLength));
        var watch = Stopwatch.StartNew();
        for (var next = 1; next <= setUps; next++)
        {
            using (var connection = await RawSmbConnection.ConnectAsync(samba, Source))
            {
                await connection.NegotiateSmb1Async();
                await connection.AskAsync(setUp);
            }

            Volatile.Write(ref _sent, next);
            var due = TimeSpan.FromSeconds((double)next / PerSecond);
            if (due > watch.Elapsed)
            {
                await Task.Delay(due - watch.Elapsed);
            }
        }
    }
}

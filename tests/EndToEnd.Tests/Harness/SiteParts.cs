using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>Further parts that a test can have; each skips the test where it cannot be had.</summary>
internal static class SiteParts
{
    /// <summary>A file system of its own on the folder <paramref name="name"/>. To be asked for before the programs that write to it.</summary>
    public static async Task<SmallDisk> SmallDiskAsync(this Site site, string name, int kibibytes)
    {
        Assert.SkipWhen(SmallDisk.Missing is not null, SmallDisk.Missing ?? "");
        return site.Own(await SmallDisk.MountAsync(site.Subfolder(name), kibibytes));
    }

    /// <summary>
    /// A container's folder <paramref name="name"/>: the folder <paramref name="lower"/> is seen through it, and what is written to it goes to the
    /// disk <paramref name="upper"/>.
    /// </summary>
    public static async Task<LayeredFolder> LayeredFolderAsync(this Site site, string name, string lower, SmallDisk upper)
    {
        var folder = await LayeredFolder.MountAsync(
            site.Subfolder(name), lower, Directory.CreateDirectory(upper["upper"]).FullName, Directory.CreateDirectory(upper["work"]).FullName);
        Assert.SkipWhen(folder is null, "overlayfs cannot be mounted here");
        return site.Own(folder!);
    }

    /// <summary>A real PostgreSQL with an empty cluster.</summary>
    public static async Task<PostgresServer> PostgresAsync(this Site site)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return site.Own(await PostgresServer.StartAsync());
    }

    /// <summary>A real Request Tracker.</summary>
    public static async Task<RequestTrackerServer> RequestTrackerAsync(this Site site)
    {
        Assert.SkipWhen(RequestTrackerServer.Missing is not null, RequestTrackerServer.Missing ?? "");
        return site.Own(await RequestTrackerServer.StartAsync());
    }

    /// <summary>A receiver that writes to a Request Tracker, into its queue "Alerts".</summary>
    public static async Task<ReceiverProcess> ReceiverForAsync(this Site site, RequestTrackerServer tracker, params IEnumerable<string> arguments) =>
        await site.ReceiverAsync(
        [
            "--Receiver:TicketingSystem=RequestTracker", $"--Receiver:RequestTracker:Url={tracker.Address}", "--Receiver:CatchAll:Queue=Alerts",
            $"--Receiver:RequestTracker:TokenFile={await SecretFileAsync(site["request-tracker.token"], tracker.TokenOf(RequestTrackerServer.ReceiverUser))}",
            .. arguments,
        ]);

    /// <summary>A receiver whose outbox and tickets are in a database of PostgreSQL, which others may use too.</summary>
    /// <param name="name">Its folder: one for each receiver.</param>
    /// <param name="environment">Variables of its own, such as those of a <see cref="Clock"/>.</param>
    public static async Task<ReceiverProcess> ReceiverForAsync(
        this Site site, PostgresServer postgres, string database, string name = "receiver", IReadOnlyDictionary<string, string?>? environment = null) =>
        site.Own(await ReceiverProcess.StartAsync(
            site.Subfolder(name),
            environment,
            $"--Receiver:Database={postgres.ConnectionString(database)}",
            $"--Receiver:DatabasePasswordFile={await SecretFileAsync(site["postgres.password"], postgres.Password)}"));

    private static async Task<string> SecretFileAsync(string path, string secret)
    {
        await File.WriteAllTextAsync(path, secret + "\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}

namespace Smb1Exporter.Counting;

/// <summary>Settings of counting and storing; section <c>Exporter</c>.</summary>
internal sealed class CountingOptions
{
    /// <summary>The folder of the state in the place that the platform has for it; the install scripts protect it.</summary>
    internal const string StateFolderName = "smb1-exporter";

    /// <summary>
    /// The SQLite file of totals and positions. Default: /var/lib/smb1-exporter/state.db, on Windows
    /// %ProgramData%\smb1-exporter\state.db.
    /// </summary>
    public string StateFile { get; set; } = DefaultStateFile;

    /// <summary>Clients whose attempts are counted apart; see <see cref="ClientExclusions"/>. Default: none.</summary>
    public IReadOnlyList<string> ExcludedClients { get; set; } = [];

    /// <summary>How many clients get series of their own; further ones share "other". 1 to 100000. Default: 1000.</summary>
    public int MaxClients { get; set; } = 1000;

    /// <summary>How long an unseen client is remembered. More than zero. Default: 180 days.</summary>
    public TimeSpan ClientRetention { get; set; } = TimeSpan.FromDays(180);

    /// <summary>Whether names of clients are looked up and kept. Default: true.</summary>
    public bool ResolveNames { get; set; } = true;

    /// <summary>For how long attempts are kept by day; not a setting: that of the verdict goes for it too.</summary>
    internal TimeSpan DaysKept { get; set; } = TimeSpan.FromDays(33);

    /// <summary>
    /// How long the counter of a new client, and every other counter that was 0, is shown as 0 after its first attempt was stored: a plain
    /// <c>increase()</c> sees only what rises after a first sample. Longer than the scrape interval; zero or more. Default: two minutes.
    /// </summary>
    public TimeSpan BirthHold { get; set; } = TimeSpan.FromMinutes(2);

    internal static string DefaultStateFile => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), StateFolderName, "state.db")
        : $"/var/lib/{StateFolderName}/state.db";
}

namespace Smb1Exporter.Verdicts;

/// <summary>Settings of the verdict; section <c>Exporter</c>.</summary>
internal sealed class VerdictOptions
{
    /// <summary>
    /// How long a server must have been covered without a gap and without an attempt to be ready to have SMB1 disabled. One day to one year.
    /// Default: 30 days.
    /// </summary>
    public TimeSpan ReadyAfter { get; set; } = TimeSpan.FromDays(30);
}

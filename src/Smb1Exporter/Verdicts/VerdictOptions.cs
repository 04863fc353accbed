namespace Smb1Exporter.Verdicts;

/// <summary>Settings of the verdict; section <c>Exporter</c>.</summary>
internal sealed class VerdictOptions
{
    /// <summary>
    /// For how long a server must have been watched without a gap and without an attempt to be ready to have SMB1 disabled. One day to one year.
    /// Default: 32 days, so that a job on the first of each month falls into it.
    /// </summary>
    public TimeSpan ReadyAfter { get; set; } = TimeSpan.FromDays(32);
}

namespace Smb1Exporter.EndToEnd.Tests.Dashboards.History;

/// <summary>A stretch of time, its end not included.</summary>
internal readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To)
{
    public bool Contains(DateTimeOffset time) => time >= From && time < To;

    /// <summary>How much of it lies between two times.</summary>
    public TimeSpan Within(DateTimeOffset begin, DateTimeOffset end)
    {
        var (from, to) = (From > begin ? From : begin, To < end ? To : end);
        return to > from ? to - from : TimeSpan.Zero;
    }
}

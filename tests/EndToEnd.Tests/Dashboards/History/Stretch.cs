namespace Smb1Exporter.EndToEnd.Tests.Dashboards.History;

/// <summary>A stretch of time, its end not included.</summary>
internal readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To)
{
    public bool Contains(DateTimeOffset time) => time >= From && time < To;
}

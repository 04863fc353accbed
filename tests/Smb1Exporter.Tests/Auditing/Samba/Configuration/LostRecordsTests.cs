using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>What smbd's general log says of records that smbd could not write. That a real smbd says so: <see cref="SambaUnseenTests"/>.</summary>
public sealed class LostRecordsTests : IDisposable
{
    private const string Failure = "  log_authentication_event_json: Failed to write authentication event JSON log message";
    private static readonly DateTimeOffset Since = new(new DateTime(2020, 11, 28, 12, 0, 0, DateTimeKind.Local));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[2020/11/28 12:00:00.000001,  0] ../../auth/auth_log.c:336(log_authentication_event_json)", 1)]
    [InlineData("[2020/11/28 11:59:59.999999,  0] ../../auth/auth_log.c:336(log_authentication_event_json)", 0)]
    [InlineData("[2020/11/28 12:00:00, 0] auth/auth_log.c:336(log_authentication_event_json)", 1)]
    [InlineData("[2020/11/28 11:59:58, 0] auth/auth_log.c:336(log_authentication_event_json)", 0)]
    [InlineData("[2020/11/28 12:30:00.000001,  0, pid=4711, effective(0, 0), real(0, 0), class=auth] ../../auth/auth_log.c:336(x)", 1)]
    [InlineData("log_authentication_event_json:", 1)]
    public void Only_what_was_said_since_then_counts(string header, int count)
    {
        File.WriteAllLines(_folder["log.smbd"], [header, Failure]);

        Assert.Equal(count, LostRecords.Find(_folder["log.smbd"], Since)?.Count ?? 0);
    }

    [Fact]
    public void All_files_of_a_log_that_differs_between_clients_count()
    {
        File.WriteAllLines(_folder["log.a"], [Failure, "  other", Failure]);
        File.WriteAllLines(_folder["log.b"], [Failure.Replace("authentication", "authorization", StringComparison.Ordinal)]);
        File.WriteAllLines(_folder["other.a"], [Failure]);

        Assert.Equal(new LostRecordCount(3, _folder["log.%m"]), LostRecords.Find(_folder["log.%m"], Since));
    }

    [Fact]
    public void A_log_that_was_not_written_since_then_is_not_looked_at()
    {
        File.WriteAllLines(_folder["log.smbd"], [Failure]);
        File.SetLastWriteTimeUtc(_folder["log.smbd"], Since.UtcDateTime.AddSeconds(-1));

        Assert.Null(LostRecords.Find(_folder["log.smbd"], Since));
    }

    [Fact]
    public void No_more_than_the_end_of_a_large_log_is_looked_at()
    {
        using (var log = new StreamWriter(_folder["log.smbd"]))
        {
            log.WriteLine(Failure);
            log.Write(new string('x', 1024 * 1024));
            log.WriteLine($"\n{Failure}");
        }

        Assert.Equal(1, LostRecords.Find(_folder["log.smbd"], Since)?.Count);
    }

    [Theory]
    [InlineData("a\0c", "abc", true)]
    [InlineData("a\0c", "ac", true)]
    [InlineData("a\0c", "acb", false)]
    [InlineData("a\0a", "a", false)]
    [InlineData("\0-\0-\0", "a-b-c", true)]
    [InlineData("\0-\0-\0", "a-b", false)]
    [InlineData("*", "a", false)]
    public void A_name_matches_as_far_as_it_is_known(string part, string name, bool matches) => Assert.Equal(matches, PathWildcards.Matches(part, name));
}

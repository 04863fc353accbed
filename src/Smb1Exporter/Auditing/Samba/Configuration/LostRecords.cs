using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>How often smbd said that it could not write a record.</summary>
/// <param name="Count">How often, as far back as was looked.</param>
/// <param name="Log">The log that says so.</param>
internal sealed record LostRecordCount(int Count, string Log);

/// <summary>
/// Looks into smbd's general log for what it says, at level 0, where it drops a record: "log_authentication_event_json: Failed to write authentication
/// event JSON log message", and the same of an authorization (auth/auth_log.c; seen with 4.17).
/// </summary>
internal static partial class LostRecords
{
    private const string Precise = "yyyy/MM/dd HH:mm:ss.ffffff";
    private const string Coarse = "yyyy/MM/dd HH:mm:ss";
    private const int MostFiles = 20;
    private const int MostBytes = 256 * 1024;

    /// <summary>Counts since a time, in the end of each file of a log; null where there are none.</summary>
    /// <param name="log">The general log, as <see cref="AuditLogPath"/> writes it.</param>
    /// <param name="since">What smbd said before it does not count. Its times are local ones.</param>
    public static LostRecordCount? Find(string log, DateTimeOffset since)
    {
        LostRecordCount? found = null;
        foreach (var file in FilesOf(log, since))
        {
            var count = CountIn(ReadEnd(file), since.LocalDateTime);
            found = count == 0 ? found : new LostRecordCount(count + (found?.Count ?? 0), found is null ? file : log);
        }

        return found;
    }

    private static IEnumerable<string> FilesOf(string log, DateTimeOffset since)
    {
        if (AuditLogPath.DirectoryOf(log) is not { } folder || !Directory.Exists(folder))
        {
            return [];
        }

        return Directory.EnumerateFiles(folder)
            .Where(file => AuditLogPath.IsNamedLike(log, file))
            .Select(file => (Name: file, Status: FileStatusReader.Find(file)))
            .Where(file => file.Status is { Kind: FileKind.Regular } status && status.LastWrite >= since.UtcTicks)
            .OrderByDescending(file => file.Status!.Value.LastWrite)
            .Take(MostFiles)
            .Select(file => file.Name);
    }

    private static string ReadEnd(string path)
    {
        using var handle = FileStatusReader.Open(path);
        var from = Math.Max(0, RandomAccess.GetLength(handle) - MostBytes);
        var buffer = new byte[MostBytes];
        return Encoding.Latin1.GetString(buffer, 0, RandomAccess.Read(handle, buffer, from));
    }

    private static int CountIn(string text, DateTime since)
    {
        var count = 0;
        DateTime? at = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            at = TimeOf(line) ?? at;

            // A log without times says nothing of when.
            if (Failure().IsMatch(line) && (at is null || at >= since))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>The time in a header: <c>[2026/11/28 23:48:48.926240,  0] …</c>; without a fraction the end of that second.</summary>
    private static DateTime? TimeOf(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith('[') || line.IndexOfAny(',', ']') is not (> 0 and var end))
        {
            return null;
        }

        var text = line[1..end];
        return DateTime.TryParseExact(text, Precise, CultureInfo.InvariantCulture, DateTimeStyles.None, out var precise) ? precise
            : DateTime.TryParseExact(text, Coarse, CultureInfo.InvariantCulture, DateTimeStyles.None, out var coarse) ? coarse.AddSeconds(1)
            : null;
    }

    [GeneratedRegex(@"Failed to write (authentication|authorization) event")]
    private static partial Regex Failure();
}

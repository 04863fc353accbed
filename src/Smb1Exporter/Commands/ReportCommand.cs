using System.Text;
using Microsoft.Data.Sqlite;
using Smb1Exporter.Hosting;
using Smb1Exporter.Pages;
using Smb1Exporter.Reporting;
using Smb1Exporter.State;

namespace Smb1Exporter.Commands;

/// <summary>
/// <c>smb1-exporter report</c>: the evidence for this server, from the state file, which it only reads. May be run beside a running exporter,
/// and needs none of its settings but the place of that file.
/// </summary>
internal static class ReportCommand
{
    /// <summary>In place of a file: standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>Writes the files that are asked for; HTML to standard output when none is.</summary>
    /// <exception cref="StartupException">There is nothing to report, or a file cannot be written.</exception>
    public static async Task<int> RunAsync(
        string? configFile,
        IReadOnlyList<KeyValuePair<string, string?>> commandLine,
        string? html,
        string? csv,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        using var configuration = new ConfigurationManager();
        ConfigurationSources.Load(configuration, configFile, commandLine);
        var evidence = Read(Settings.Read(configuration).Counting.StateFile, TimeProvider.System);
        if (html is not null || csv is null)
        {
            await WriteAsync(html ?? StandardOutput, HtmlReport.Write(evidence), output, cancellationToken);
        }

        if (csv is not null)
        {
            await WriteAsync(csv, CsvReport.Write(evidence), output, cancellationToken);
        }

        return 0;
    }

    /// <summary>Reads the state file.</summary>
    /// <exception cref="StartupException">It cannot be read, or no exporter has said anything of itself in it yet.</exception>
    internal static Evidence Read(string path, TimeProvider timeProvider)
    {
        path = Path.GetFullPath(path);
        try
        {
            if (!StateReader.IsThere(path))
            {
                throw new StartupException(
                    $"There is no state file {path}: start smb1-exporter first, or name its file with --Exporter:StateFile=FILE.");
            }

            if (!StateFileInspector.Inspect(path, SqliteOpenMode.ReadOnly))
            {
                throw Damaged(path);
            }

            var state = StateReader.Read(path);
            var exporter = ExporterRecord.ReadFrom(state)
                ?? throw new StartupException($"The state file {path} is of an older smb1-exporter: start this version once, then ask again.");
            return new Evidence(exporter, AttemptTotals.Of(state), StateReader.FindStaleness(path), timeProvider.GetUtcNow());
        }
        catch (DamagedRowException)
        {
            throw Damaged(path);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The state file {path} cannot be read: {e.Message.TrimEnd('.')}. Run report as the account that runs smb1-exporter, or as " +
                "administrator or root.",
                e);
        }
    }

    private static StartupException Damaged(string path) =>
        new($"The state file {path} is damaged. A running smb1-exporter writes it anew within a minute; one that is started sets it aside and begins a new one.");

    private static async Task WriteAsync(string file, string text, TextWriter output, CancellationToken cancellationToken)
    {
        if (file == StandardOutput)
        {
            await output.WriteAsync(text.AsMemory(), cancellationToken);
            return;
        }

        try
        {
            await File.WriteAllTextAsync(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartupException($"The report cannot be written to {file}: {e.Message.TrimEnd('.')}. Name another file.", e);
        }
    }
}

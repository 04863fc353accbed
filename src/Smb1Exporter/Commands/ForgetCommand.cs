using Microsoft.Data.Sqlite;
using Smb1Exporter.Counting;
using Smb1Exporter.Hosting;
using Smb1Exporter.State;

namespace Smb1Exporter.Commands;

/// <summary>
/// <c>smb1-exporter forget</c>: forgets a client, which frees its place under the cap. A running exporter is asked to; else the state file is
/// changed.
/// </summary>
internal static class ForgetCommand
{
    /// <summary>The exporter looks for what it is asked every five seconds.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Forgets a client.</summary>
    /// <param name="configFile">The file named with <c>--config</c>, or null.</param>
    /// <param name="commandLine">Settings of the command line.</param>
    /// <param name="client">An address or a name, as the label <c>client_address</c> or otherwise.</param>
    /// <param name="output">Takes what came of it.</param>
    /// <param name="cancellationToken">Ends the wait for the running exporter.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <returns>0 when the client was forgotten, 1 when it was not known.</returns>
    /// <exception cref="StartupException">It cannot be forgotten; the message has the remedy.</exception>
    public static async Task<int> RunAsync(
        string? configFile,
        IReadOnlyList<KeyValuePair<string, string?>> commandLine,
        string client,
        TextWriter output,
        CancellationToken cancellationToken,
        TimeProvider? timeProvider = null)
    {
        using var configuration = new ConfigurationManager();
        ConfigurationSources.Load(configuration, configFile, commandLine);
        var path = Path.GetFullPath(Settings.Read(configuration).Counting.StateFile);
        client = Canonicalize(client);
        try
        {
            if (!StateReader.IsThere(path))
            {
                throw new StartupException(
                    $"There is no state file {path}. Name that of the exporter with --Exporter:StateFile=FILE, or with --config the settings that it is started with.");
            }

            var isRunning = StateLock.IsTaken(path);
            var isForgotten = isRunning ? await AskAsync(path, client, timeProvider ?? TimeProvider.System, cancellationToken) : Forget(path, client);
            var stopped = isRunning ? "" : $" No smb1-exporter runs with {path}; if one does with another file, name that.";
            await output.WriteLineAsync(isForgotten
                ? $"{client} is forgotten{PlacesIn(path)}.{stopped}"
                : $"{client} is not known, and nothing was changed.{NamesakesIn(path, client)}{stopped}");
            return isForgotten ? 0 : 1;
        }
        catch (DamagedRowException e)
        {
            throw Damaged(path, e);
        }
        catch (SqliteException e) when (StateProblem.IsLocked(e))
        {
            throw new StartupException(
                $"The state file {path} is locked by another program, and nothing was changed. End the backup, the virus scanner or the SQLite shell that has it "
                + "open, then try again.",
                e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or SqliteException)
        {
            throw new StartupException(
                $"The state file {path} cannot be used by this account: {e.Message.TrimEnd('.')}. Nothing was changed. Run forget as the account that runs "
                + "smb1-exporter, or as administrator or root.",
                e);
        }
    }

    private static string Canonicalize(string client)
    {
        if (!ClientAddress.TryCanonicalize(client, out var canonical, out var problem))
        {
            throw new StartupException($"'{Wording.Shown(client)}' cannot be a client: {problem}. Name it as client_address shows it, such as 192.168.1.214.");
        }

        return canonical switch
        {
            ClientTotals.Other => throw new StartupException(
                $"\"{ClientTotals.Other}\" is no client: it counts those that found no place under Exporter:MaxClients, and takes none itself. Forget clients "
                + "that are gone, or raise the limit."),
            ClientTotals.Unknown => throw new StartupException(
                $"\"{ClientTotals.Unknown}\" is no client: it counts attempts whose record names no client that can be used, and takes no place."),
            _ => canonical,
        };
    }

    private static async Task<bool> AskAsync(string path, string client, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var answer = await StateRequests.AskAsync(path, StateRequests.Forget, client, LongestWait, timeProvider, cancellationToken);
        return answer is null
            ? throw new StartupException(
                $"The smb1-exporter that uses {path} did not answer within {LongestWait.TotalSeconds:0} s, so it did not forget {client}. "
                + $"{StateReader.FindStaleness(path)} Look at its log and at smb1-exporter check, or restart it; then try again.".Replace("  ", " ", StringComparison.Ordinal))
            : answer == bool.TrueString;
    }

    /// <summary>Changes nothing else: what is wrong with the file, the exporter is to find, tell and count when it starts.</summary>
    private static bool Forget(string path, string client)
    {
        if (new FileInfo(path).Length == 0 || !StateFileInspector.Inspect(path, SqliteOpenMode.ReadOnly, File.Exists(StateLock.PathOf(path))))
        {
            throw Damaged(path, null);
        }

        if (!StateReader.Read(path).Clients.ContainsKey(client))
        {
            return false;
        }

        using var file = StateFile.Open(path, TimeProvider.System);
        if (file.IsOlderCopy)
        {
            throw new StartupException(
                $"The state file {path} is an older copy of itself (restored from a backup?), and nothing was changed. Start smb1-exporter, which notes what is "
                + "lost; then try again.");
        }

        var change = new StateChange(file.Stored);
        change.ForgetClient(client);
        change.RemoveFromDays(client);
        try
        {
            file.Write(change);
        }
        catch (StateNotWrittenException e)
        {
            throw new StartupException($"{e.Message} {client} is not forgotten.", e);
        }

        return true;
    }

    private static StartupException Damaged(string path, Exception? e) => new(
        $"The state file {path} is damaged, and nothing was changed. A running smb1-exporter writes it anew within a minute; one that is started sets it aside "
        + "and begins a new one.",
        e);

    private static string PlacesIn(string path)
    {
        var state = StateReader.Read(path);
        return ExporterRecord.ReadFrom(state) is { } exporter ? $"; {state.TrackedClients} of {exporter.MaxClients} places are taken" : "";
    }

    private static string NamesakesIn(string path, string name)
    {
        var addresses = StateReader.Read(path).Clients.Values.Where(client => client.Name == name).Select(client => client.Address).Order(StringComparer.Ordinal).ToList();
        return addresses.Count == 0
            ? " Name it as client_address shows it."
            : $" It is the name of {string.Join(", ", addresses.Take(5))}{(addresses.Count > 5 ? ", …" : "")}: clients are forgotten by address.";
    }
}

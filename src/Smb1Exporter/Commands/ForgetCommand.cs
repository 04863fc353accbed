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

    /// <returns>0 when the client was forgotten, 1 when it was not known.</returns>
    /// <exception cref="StartupException">It cannot be forgotten.</exception>
    public static async Task<int> RunAsync(
        string? configFile, IReadOnlyList<KeyValuePair<string, string?>> commandLine, string client, TextWriter output, CancellationToken cancellationToken)
    {
        using var configuration = new ConfigurationManager();
        ConfigurationSources.Load(configuration, configFile, commandLine);
        var settings = Settings.Read(configuration);
        var path = Path.GetFullPath(settings.Counting.StateFile);
        if (client is not (ClientTotals.Other or ClientTotals.Unknown))
        {
            client = ClientAddress.TryCanonicalize(client, out var canonical, out var problem)
                ? canonical
                : throw new StartupException($"'{client}' cannot be a client: {problem}. Name it as the page shows it.");
        }

        if (!File.Exists(path))
        {
            throw new StartupException($"There is no state file {path}: name the one of the exporter with --Exporter:StateFile=FILE.");
        }

        var isForgotten = StateLock.IsTaken(path) ? await AskAsync(path, client, cancellationToken) : Forget(path, client, settings);
        await output.WriteLineAsync(isForgotten ? $"{client} is forgotten." : $"{client} is not known.");
        return isForgotten ? 0 : 1;
    }

    private static async Task<bool> AskAsync(string path, string client, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await StateRequests.AskAsync(path, StateRequests.Forget, client, LongestWait, TimeProvider.System, cancellationToken);
            return answer is null
                ? throw new StartupException(
                    $"The smb1-exporter that uses {path} did not answer within {Figures.Duration(LongestWait)}. Look at its log, or restart it; then try again.")
                : answer == bool.TrueString;
        }
        catch (SqliteException e)
        {
            throw StateProblem.AtStart(path, e);
        }
    }

    private static bool Forget(string path, string client, Settings settings)
    {
        using var store = new AttemptStore(
            StateFile.Open(path, TimeProvider.System, new MachineIdentity().Id), settings.Counting, settings.Auditing.InitialLookback, TimeProvider.System);
        return store.Forget(client);
    }
}

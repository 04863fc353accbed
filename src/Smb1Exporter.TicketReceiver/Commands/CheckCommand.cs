using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Commands;

/// <summary><c>check</c>: asks the ticketing system for all that deliveries need, and changes nothing. May be run beside a running receiver.</summary>
internal static class CheckCommand
{
    /// <returns>0 when tickets can be delivered, 1 when something has to be mended.</returns>
    /// <exception cref="StartupException">The settings are wrong.</exception>
    public static async Task<int> RunAsync(
        string? configFile, IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output, CancellationToken cancellationToken)
    {
        using var parts = CommandParts.Load(configFile, settings);
        await output.WriteAsync("[ok]    Configuration: no fault\n");
        var problems = await TicketingProblems.FindAsync(parts.Ticketing, cancellationToken);
        foreach (var problem in problems)
        {
            await output.WriteAsync($"[FAULT] {parts.Ticketing.Name}: {problem}\n");
        }

        if (problems.Count == 0)
        {
            await output.WriteAsync($"[ok]    {parts.Ticketing.Name}: has all that deliveries need\n");
        }

        return problems.Count == 0 ? 0 : 1;
    }
}

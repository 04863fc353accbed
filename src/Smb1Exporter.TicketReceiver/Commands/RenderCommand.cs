using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Commands;

/// <summary><c>render FILE</c>: prints the tickets that a payload would make and the requests that would be sent for them, and sends nothing.</summary>
internal static class RenderCommand
{
    private const string StandardInput = "-";

    /// <exception cref="StartupException">The payload cannot be read or would be refused.</exception>
    public static async Task<int> RunAsync(
        string file, string? configFile, IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output, CancellationToken cancellationToken)
    {
        using var parts = CommandParts.Load(configFile, settings);
        var (payload, fault) = PayloadReader.Read(await ReadAsync(file, cancellationToken));
        if (payload is null)
        {
            throw new StartupException($"{file}: {fault!.Detail}");
        }

        var grouped = NotificationGrouping.Split(payload);
        foreach (var (index, server) in grouped.Servers.Index())
        {
            var text = parts.Composer.Compose(server);
            await output.WriteAsync($"{(index > 0 ? "\n" : "")}Subject: {text.Subject}\n\n{text.Body}\n");
            await WriteRequestsAsync(parts, server, text, output);
        }

        if (grouped.Servers.Count == 0)
        {
            await output.WriteAsync($"No ticket: no alert {NotificationGrouping.TicketAlert} is firing in this notification.\n");
        }

        return 0;
    }

    private static async Task WriteRequestsAsync(CommandParts parts, ServerNotification server, TicketText text, TextWriter output)
    {
        const string Example = "0000000000000000";
        var message = TicketMessages.Compose(0, Example, server.Key, server.Customer, server.Server, text, parts.Options.Ticketing);
        var clients = server.Clients.Select(client => client.Address).ToHashSet(StringComparer.Ordinal);
        var note = message with { Body = NoteText.Compose(message.Body, clients, new HashSet<string>(StringComparer.Ordinal)) };
        foreach (var (index, request) in parts.Ticketing.Preview(message, note).Index())
        {
            await output.WriteAsync($"\n--- {index + 1}. {request.Purpose} (not sent)\n{request.Text}\n");
        }
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = file == StandardInput ? Console.OpenStandardInput() : File.OpenRead(file);
            using var content = new MemoryStream();
            await source.CopyToAsync(content, cancellationToken);
            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{file} cannot be read: {e.Message} Give the path of a saved notification, or - for standard input.", e);
        }
    }
}

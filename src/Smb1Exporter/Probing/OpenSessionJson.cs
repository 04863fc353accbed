using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Smb1Exporter.Probing;

/// <summary>Reads what <c>smbstatus --json</c> prints. Pure.</summary>
internal static class OpenSessionJson
{
    /// <summary>The sessions of all dialects; null where the text has no list of sessions, as that of an smbstatus that may not look.</summary>
    /// <exception cref="FormatException">It is no complete JSON, or of another form.</exception>
    public static IReadOnlyList<OpenSessionEntry>? Read(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return ReadDocument(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half of a surrogate pair, \ud800.
            throw new FormatException("it is no complete JSON", e);
        }
    }

    private static List<OpenSessionEntry>? ReadDocument(ref Utf8JsonReader reader)
    {
        List<OpenSessionEntry>? sessions = null;
        reader.Read();
        Require(reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSessions = reader.ValueTextEquals("sessions"u8);
            reader.Read();
            if (isSessions)
            {
                Require(reader.TokenType == JsonTokenType.StartObject);
                ReadSessions(ref reader, sessions ??= []);
            }
            else
            {
                reader.Skip();
            }
        }

        // What follows the document is an error that only reading on reports.
        return reader.Read() ? throw new FormatException("something follows the JSON") : sessions;
    }

    private static void ReadSessions(ref Utf8JsonReader reader, List<OpenSessionEntry> sessions)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            Require(reader.TokenType == JsonTokenType.StartObject);
            sessions.Add(ReadSession(ref reader));
        }
    }

    private static OpenSessionEntry ReadSession(ref Utf8JsonReader reader)
    {
        var session = new OpenSessionEntry();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            session = name switch
            {
                "session_dialect" => session with { Dialect = TextOf(ref reader) },
                "hostname" => session with { HostName = TextOf(ref reader) },
                "remote_machine" => session with { RemoteMachine = TextOf(ref reader) },
                "creation_time" => session with { CreationTime = TextOf(ref reader) },
                "server_id" => ReadServer(ref reader, session),
                _ => Skip(ref reader, session),
            };
        }

        return session;
    }

    private static OpenSessionEntry ReadServer(ref Utf8JsonReader reader, OpenSessionEntry session)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Skip(ref reader, session);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var text = TextOf(ref reader);
            session = name switch
            {
                "pid" => session with { ProcessId = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null },
                "vnn" => session with { Node = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var node) ? node : null },
                _ => session,
            };
        }

        return session;
    }

    private static OpenSessionEntry Skip(ref Utf8JsonReader reader, OpenSessionEntry session)
    {
        reader.Skip();
        return session;
    }

    /// <summary>A string, or a number as text; null for anything else, which is passed over.</summary>
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            default:
                reader.Skip();
                return null;
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new FormatException("it has another form than smbstatus writes");
        }
    }
}

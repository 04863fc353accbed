using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// What one JSON object of <c>auth_json_audit</c> says, as far as it goes: smbd writes type, address and service before the text that a client
/// chose, so an object that is cut off or damaged behind them still tells whose it is.
/// </summary>
/// <remarks>
/// The format is that of Samba's auth/auth_log.c: <c>type</c> names the object beside it (<c>Authentication</c>, <c>Authorization</c>); in that,
/// <c>serviceDescription</c> is "SMB" for SMB1 and "SMB2" for SMB2 and SMB3 (source3/smbd/smb1_sesssetup.c, smb2_sesssetup.c).
/// </remarks>
internal ref struct RecordObject
{
    private const string AuthenticationName = "Authentication";
    private const string AuthorizationName = "Authorization";
    private const string Smb1Service = "SMB";

    private Detail _authentication;
    private Detail _authorization;
    private string? _type;
    private string? _timestamp;

    /// <summary>The time as it is written; null where there is none.</summary>
    public readonly string? Timestamp => _timestamp;

    /// <summary>How many bytes the object takes; of a cut or damaged one, how many could be read.</summary>
    public int Length { get; private set; }

    /// <summary>What is wrong with it; null where nothing is, or it only lacks its end.</summary>
    public string? Damage { get; private set; }

    /// <summary>Whether its end was met.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether it is of SMB1; null where that cannot be told.</summary>
    public bool? IsSmb1 { get; private set; }

    /// <summary>Whether it tells of a session, and not only of the log-on before it.</summary>
    public readonly bool IsAuthorization => _type == AuthorizationName;

    /// <summary>Address and port of the client as smbd writes them; null where there are none.</summary>
    public readonly string? RemoteAddress => Own.RemoteAddress;

    /// <summary>What the client calls itself.</summary>
    public readonly string? Workstation => Own.Workstation;

    /// <summary>The id of the session that was set up; null in an Authentication.</summary>
    public readonly string? SessionId => Own.SessionId;

    [UnscopedRef]
    private readonly ref readonly Detail Own => ref _type == AuthenticationName ? ref _authentication : ref _authorization;

    /// <summary>Reads the object that <paramref name="text"/> begins with. Never throws.</summary>
    public static RecordObject Read(ReadOnlySpan<byte> text)
    {
        var result = default(RecordObject);
        var reader = new Utf8JsonReader(text, isFinalBlock: false, state: default);
        try
        {
            result.IsWhole = reader.Read() && result.ReadFields(ref reader);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            result.Damage = e is FormatException ? e.Message : "broken JSON";
        }

        result.Length = (int)reader.BytesConsumed;
        result.IsSmb1 = result._type switch
        {
            null => null,
            AuthenticationName or AuthorizationName => result.Own.IsSmb1,
            _ => false,
        };
        if (result is { IsWhole: true, IsSmb1: null })
        {
            result.Damage = result._type is null ? "no \"type\"" : $"no \"serviceDescription\" in \"{result._type}\"";
        }

        return result;
    }

    /// <returns>Whether the end of the object was met; the reader stands within it.</returns>
    private bool ReadFields(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            // smbd escapes nothing in names.
            var name = reader.ValueSpan;
            var read = name.SequenceEqual("timestamp"u8) ? ReadText(ref reader, "timestamp", ref _timestamp)
                : name.SequenceEqual("type"u8) ? ReadText(ref reader, "type", ref _type)
                : name.SequenceEqual("Authentication"u8) ? _authentication.Read(ref reader, AuthenticationName)
                : name.SequenceEqual("Authorization"u8) ? _authorization.Read(ref reader, AuthorizationName)
                : SkipValue(ref reader);
            if (!read)
            {
                return false;
            }
        }

        return false;
    }

    private static bool SkipValue(ref Utf8JsonReader reader) =>
        reader.Read() && (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray) || reader.TrySkip());

    /// <returns>Whether the value was met.</returns>
    private static bool ReadText(ref Utf8JsonReader reader, string name, ref string? text)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (text is not null || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            throw new FormatException(text is null ? $"\"{name}\" is not a text" : $"\"{name}\" is there twice");
        }

        text = TextOf(ref reader);
        return true;
    }

    /// <summary>The text that was met; no new one for those that stand in nearly every record.</summary>
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        return text.SequenceEqual("SMB"u8) ? Smb1Service
            : text.SequenceEqual("Authentication"u8) ? AuthenticationName
            : text.SequenceEqual("Authorization"u8) ? AuthorizationName
            : reader.GetString();
    }

    /// <summary>The object that the type names.</summary>
    private struct Detail
    {
        private bool _begun;
        private bool _serviceRead;
        private string? _service;
        private string? _remoteAddress;
        private string? _workstation;
        private string? _sessionId;

        public readonly bool? IsSmb1 => _serviceRead ? _service == Smb1Service : null;

        public readonly string? RemoteAddress => _remoteAddress;

        public readonly string? Workstation => _workstation;

        public readonly string? SessionId => _sessionId;

        /// <returns>Whether its end was met.</returns>
        public bool Read(ref Utf8JsonReader reader, string name)
        {
            if (!reader.Read())
            {
                return false;
            }

            if (_begun || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException(_begun ? $"\"{name}\" is there twice" : $"\"{name}\" is not an object");
            }

            _begun = true;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject)
                {
                    return true;
                }

                var field = reader.ValueSpan;
                var read = field.SequenceEqual("serviceDescription"u8)
                    ? _serviceRead = ReadText(ref reader, "serviceDescription", ref _service)
                    : field.SequenceEqual("remoteAddress"u8) ? ReadText(ref reader, "remoteAddress", ref _remoteAddress)
                    : field.SequenceEqual("workstation"u8) ? ReadForShow(ref reader, ref _workstation)
                    : field.SequenceEqual("sessionId"u8) ? ReadForShow(ref reader, ref _sessionId)
                    : SkipValue(ref reader);
                if (!read)
                {
                    return false;
                }
            }

            return false;
        }

        // Whatever it is, the record counts.
        private static bool ReadForShow(ref Utf8JsonReader reader, ref string? text)
        {
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType != JsonTokenType.String)
            {
                return reader.TrySkip();
            }

            try
            {
                text = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                // A lone surrogate, which smbd passes on.
            }

            return true;
        }
    }
}

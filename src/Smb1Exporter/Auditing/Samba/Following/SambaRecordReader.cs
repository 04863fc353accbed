using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What one JSON text turned out to be; all null where it is a sound record that does not concern SMB1.</summary>
/// <param name="Record">An SMB1 record.</param>
/// <param name="Error">An SMB1 record without a usable client.</param>
/// <param name="Damage">Why the text is no record at all.</param>
internal readonly record struct SambaRecordOutcome(AuditRecord? Record, AuditReadError? Error, string? Damage)
{
    public void AddTo(ICollection<AuditRecord> records, ICollection<AuditReadError> errors)
    {
        if (Record is not null)
        {
            records.Add(Record);
        }

        if (Error is not null)
        {
            errors.Add(Error);
        }
    }
}

/// <summary>Reads one JSON record of Samba's authentication audit.</summary>
internal static class SambaRecordReader
{
    private const string Smb1 = "SMB";

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static SambaRecordOutcome Read(ReadOnlySpan<byte> json, string place)
    {
        try
        {
            return Interpret(Scan(json), place);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return new SambaRecordOutcome(null, null, e is FormatException ? e.Message : "broken JSON");
        }
    }

    private static SambaRecordOutcome Interpret(Fields fields, string place)
    {
        if (fields.Type is not ("Authentication" or "Authorization"))
        {
            return default;
        }

        var detail = (fields.Type == "Authentication" ? fields.Authentication : fields.Authorization)
            ?? throw new FormatException($"no object \"{fields.Type}\"");
        if (detail.Service != Smb1)
        {
            return default;
        }

        if (!TryReadTime(fields.Timestamp, out var time))
        {
            throw new FormatException("no usable timestamp");
        }

        return TryReadAddress(detail.RemoteAddress, out var client)
            ? new SambaRecordOutcome(new AuditRecord(AuditRecordKind.Attempt, time, client, detail.RemoteAddress, 1, place) { ClientName = detail.Workstation }, null, null)
            : new SambaRecordOutcome(null, InvalidClient(detail.RemoteAddress, place), null);
    }

    private static AuditReadError InvalidClient(string? address, string place) =>
        new(
            ReadErrorReason.InvalidClient,
            place,
            address is null
                ? "the SMB1 record has no remoteAddress"
                : $"remoteAddress is no address with a port: {Excerpt.Of(System.Text.Encoding.UTF8.GetBytes(address))}");

    private static Fields Scan(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var fields = default(Fields);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("timestamp"u8))
            {
                fields.Timestamp = ReadText(ref reader, fields.Timestamp, "timestamp");
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                fields.Type = ReadText(ref reader, fields.Type, "type");
            }
            else if (reader.ValueTextEquals("Authentication"u8))
            {
                fields.Authentication = ReadDetail(ref reader, fields.Authentication, "Authentication");
            }
            else if (reader.ValueTextEquals("Authorization"u8))
            {
                fields.Authorization = ReadDetail(ref reader, fields.Authorization, "Authorization");
            }
            else
            {
                reader.Skip();
            }
        }

        // What follows the object on its line makes this read fail.
        reader.Read();
        return fields.Type is null ? throw new FormatException("no \"type\"") : fields;
    }

    private static Detail ReadDetail(ref Utf8JsonReader reader, Detail? before, string name)
    {
        reader.Read();
        if (before is not null || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException(before is null ? $"\"{name}\" is not an object" : $"\"{name}\" is there twice");
        }

        string? service = null;
        string? remoteAddress = null;
        string? workstation = null;
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("serviceDescription"u8))
            {
                service = ReadText(ref reader, service, "serviceDescription");
                found = true;
            }
            else if (reader.ValueTextEquals("remoteAddress"u8))
            {
                remoteAddress = ReadText(ref reader, remoteAddress, "remoteAddress");
            }
            else if (reader.ValueTextEquals("workstation"u8))
            {
                workstation = ReadWorkstation(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return found ? new Detail(service, remoteAddress, workstation) : throw new FormatException("no \"serviceDescription\"");
    }

    // Only for show: whatever it is, the record counts.
    private static string? ReadWorkstation(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader, string? before, string name)
    {
        reader.Read();
        if (before is not null || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            throw new FormatException(before is null ? $"\"{name}\" is not a text" : $"\"{name}\" is there twice");
        }

        return reader.GetString();
    }

    /// <summary>Reads <c>2026-11-23T04:46:05.892406+0000</c>; the fraction may be missing and the zone may be Z or hold a colon.</summary>
    internal static bool TryReadTime(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is not { Length: >= 20 and <= 40 })
        {
            return false;
        }

        var iso = text[^5] is '+' or '-' ? text.Insert(text.Length - 2, ":") : text;
        if (iso[^1] != 'Z' && iso[^6] is not ('+' or '-'))
        {
            return false;
        }

        var read = DateTimeOffset.TryParseExact(iso, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        time = time.ToUniversalTime();
        return read;
    }

    /// <summary>Reads <c>ipv4:1.2.3.4:5</c> or <c>ipv6:fe80::1:445</c> (the port is behind the last colon): the form of Samba's lib/tsocket.</summary>
    internal static bool TryReadAddress(string? remoteAddress, out string client)
    {
        client = "";
        if (remoteAddress is not { Length: <= 128 } || remoteAddress.LastIndexOf(':') is var port && port < 5)
        {
            return false;
        }

        var family = remoteAddress.AsSpan(0, 5) switch
        {
            "ipv4:" => AddressFamily.InterNetwork,
            "ipv6:" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        var address = remoteAddress.AsSpan(5, port - 5);
        if (!ushort.TryParse(remoteAddress.AsSpan(port + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || !IPAddress.TryParse(address, out var parsed)
            || parsed.AddressFamily != family
            || address[0] == '['
            || (family == AddressFamily.InterNetwork && address.Count('.') != 3))
        {
            return false;
        }

        client = address.ToString();
        return true;
    }

    private struct Fields
    {
        public string? Timestamp;
        public string? Type;
        public Detail? Authentication;
        public Detail? Authorization;
    }

    private sealed record Detail(string? Service, string? RemoteAddress, string? Workstation);
}

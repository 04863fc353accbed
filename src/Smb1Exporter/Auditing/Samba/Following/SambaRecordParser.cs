using System.Buffers;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Reads one line of Samba's <c>auth_json_audit</c> log. Pure: nothing but the line and the place it was read at goes in.
/// </summary>
/// <remarks>
/// The format is that of Samba's auth/auth_log.c: one JSON object per line whose <c>type</c> names the object beside it
/// (<c>Authentication</c>, <c>Authorization</c>); in that, <c>serviceDescription</c> is "SMB" for SMB1 and "SMB2" for SMB2 and SMB3
/// (source3/smbd/smb1_sesssetup.c, smb2_sesssetup.c). Text of other debug classes may lie between the records when the class has no file of
/// its own; it stands under header lines of Samba's lib/util/debug.c, <c>[2026/11/23 03:40:34.064008,  3] file.c:95(function)</c>.
/// </remarks>
internal static class SambaRecordParser
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\0"u8);

    private static ReadOnlySpan<byte> RecordStart => "{\"timestamp\""u8;

    /// <summary>Reads one line (without its line feed) and adds what it holds to <paramref name="records"/> and <paramref name="errors"/>.</summary>
    /// <param name="line">The bytes of the line.</param>
    /// <param name="place">File and byte offset, for messages.</param>
    /// <param name="foreign">
    /// Whether the line stands under the header of another debug class, whose text is not ours and no error. Header lines change it;
    /// false at the start of a file.
    /// </param>
    /// <param name="records">Receives SMB1 records; more than one only where line feeds between records were lost.</param>
    /// <param name="errors">Receives at most one error for damaged text and one for each record without a usable client.</param>
    public static void Parse(
        ReadOnlySpan<byte> line, string place, ref bool foreign, ICollection<AuditRecord> records, ICollection<AuditReadError> errors)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(errors);

        var text = Trim(line);
        if (text.IsEmpty)
        {
            return;
        }

        var header = IsHeader(text);
        if (header)
        {
            foreign = text.IndexOf("(audit_log_json)"u8) < 0;
        }

        var record = text.IndexOf(RecordStart);

        // Text of another class may quote what a client sent: a record in the middle of it would be the client's forgery.
        if (record < 0 ? header || foreign : foreign && record > 0 && text[0] is not ((byte)'{' or (byte)'[' or 0))
        {
            return;
        }

        if (record == 0 && SambaRecordReader.Read(text, place) is { Damage: null } whole)
        {
            whole.AddTo(records, errors);
            return;
        }

        Recover(text, place, records, errors);
    }

    /// <summary>
    /// Takes the intact records out of a damaged line. A process that dies while it writes leaves a cut record, to which the next process
    /// appends its own; inside a JSON string the start of a record cannot occur, since quotation marks are escaped there.
    /// </summary>
    private static void Recover(
        ReadOnlySpan<byte> text, string place, ICollection<AuditRecord> records, ICollection<AuditReadError> errors)
    {
        var damage = text.StartsWith(RecordStart) ? null : "not a JSON record";
        var rest = text[Math.Max(0, text.IndexOf(RecordStart))..];
        while (rest.StartsWith(RecordStart))
        {
            var next = rest[1..].IndexOf(RecordStart);
            var part = Trim(next < 0 ? rest : rest[..(next + 1)]);
            var outcome = SambaRecordReader.Read(part, place);
            damage ??= outcome.Damage;
            outcome.AddTo(records, errors);
            rest = next < 0 ? [] : rest[(next + 1)..];
        }

        if (damage is not null)
        {
            errors.Add(new AuditReadError(ReadErrorReason.Malformed, place, $"{damage}: {Excerpt.Of(text)}"));
        }
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyExcept(Blanks);
        return start < 0 ? [] : text[start..(text.LastIndexOfAnyExcept(Blanks) + 1)];
    }

    /// <summary>Whether the text is a header of Samba's debug log: a bracket and a date, <c>[2026/11/23 </c>.</summary>
    internal static bool IsHeader(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> shape = "[dddd/dd/dd "u8;
        if (text.Length < shape.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == (byte)'d' ? text[i] is < (byte)'0' or > (byte)'9' : text[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }
}

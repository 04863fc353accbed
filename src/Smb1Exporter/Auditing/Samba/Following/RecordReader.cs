using System.Buffers;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Reads the records out of a log's text. Pure. Only the beginning <c>{"timestamp"</c> is certain: in JSON strings quotation marks are escaped, so
/// no client can write it into a record. Processes that die, disks that fill and several writers make of the rest what they will.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="batch">Receives records and errors; reading ends when it is full.</param>
internal sealed class RecordReader(string path, LogBatch batch)
{
    /// <summary>
    /// Of a longer line only the beginning is looked at. What counts stands in the first 700 bytes of a record; clients can make one of 350,000.
    /// </summary>
    public const int LongestLine = 64 << 10;

    /// <summary>With so many bytes of text reading always gets on, whatever they are.</summary>
    public const int Lookahead = LongestLine + LogLine.LongestMessage + 1024;

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n\0"u8);

    /// <summary>Where the text that is read now begins in the file.</summary>
    private long _start;

    private bool _isSettled;

    /// <summary>Whether what stands behind the line that is read now shows that no message goes on around it.</summary>
    private bool _isBetweenMessages;

    /// <summary>Up to where in the text only blank lines and records follow, and whether no message goes on there.</summary>
    private (int End, bool IsMessage) _following;

    /// <summary>What holds for the text behind what was dealt with.</summary>
    public TextState State { get; private set; }

    /// <summary>The last line with a record that begins in this text, or the part of it that was dealt with; empty where there is none.</summary>
    public Range LastRecord { get; private set; }

    /// <summary>Where what was dealt with of the last line with a record ends; 0 where none was met in this text.</summary>
    public long RecordBehind { get; private set; }

    private static ReadOnlySpan<byte> RecordStart => LogLine.RecordStart;

    private static ReadOnlySpan<byte> ServiceStart => "\"serviceDescription\": \""u8;

    /// <summary>Reads on.</summary>
    /// <param name="text">What follows in the file.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="state">What holds there.</param>
    /// <param name="isSettled">Whether nothing has come behind the text for a while, so that its last message is whole.</param>
    /// <returns>How many bytes were dealt with; the rest is wanted again, with more behind it.</returns>
    public int Read(ReadOnlySpan<byte> text, long start, TextState state, bool isSettled = false)
    {
        (_start, State, LastRecord, RecordBehind, _isSettled, _following) = (start, state, default, 0, isSettled, default);
        var done = 0;
        while (done < text.Length && !batch.IsFull)
        {
            var before = State;
            var length = Step(text, done);
            if (length == 0 && State == before)
            {
                break;
            }

            done += length;
        }

        return done;
    }

    /// <summary>Takes the last line of a file, which lacks its end and will not get it, as it is.</summary>
    /// <returns>How many bytes were dealt with: none where they say too little, which is an error; they are wanted again should the file grow.</returns>
    public int ReadLast(ReadOnlySpan<byte> text, long start, TextState state)
    {
        (_start, State, LastRecord, RecordBehind) = (start, state, default, 0);
        if (state.Rest != LineRest.None)
        {
            if (state.Rest == LineRest.Record)
            {
                RecordBehind = start + text.Length;
                Tell(ReadErrorReason.Incomplete, start, "the file ends in the middle of a record whose beginning was read", mayHideAttempt: false);
            }

            return text.Length;
        }

        var told = batch.Errors.Count;
        var hasRecord = TakeText(text, start, hasEnd: false);
        var done = !hasRecord ? 0 : batch.Errors.Count == told || !batch.Errors[^1].MayHideAttempt ? text.Length : Math.Max(0, text.LastIndexOf(RecordStart));
        State = done == text.Length ? State : State with { Rest = LineRest.None };
        if (done > 0)
        {
            NoteRecord(0, done, done);
        }

        return done;
    }

    private int Step(ReadOnlySpan<byte> text, int from)
    {
        var rest = text[from..];
        if (State.Rest != LineRest.None)
        {
            return PassRest(rest, from);
        }

        if (rest[0] == 0)
        {
            return PassNuls(rest, from);
        }

        var feed = rest.IndexOf((byte)'\n');
        if (feed is >= 0 and <= LongestLine && IsOfSmb2(rest[..feed]) && !batch.MayHoldOwn(rest[..feed]))
        {
            NoteRecord(from, feed, feed + 1);
            State = State with { AfterNuls = false };
            return feed + 1;
        }

        return ReadLine(rest, from, feed);
    }

    /// <summary>Whether a line is certainly a whole record of another protocol; nearly all lines are.</summary>
    private static bool IsOfSmb2(ReadOnlySpan<byte> line)
    {
        var record = line.StartsWith("  "u8) ? line[2..] : line;
        return record.StartsWith(RecordStart)
            && record[^1] == (byte)'}'
            && record.IndexOf(ServiceStart) is var service and >= 0
            && record[(service + ServiceStart.Length)..].StartsWith("SMB2\""u8)
            && !HasRecordBehind(record);
    }

    /// <summary>Whether another record begins behind the beginning of one. Braces are rare, and one byte is found faster than a text.</summary>
    private static bool HasRecordBehind(ReadOnlySpan<byte> record)
    {
        var rest = record;
        while (rest[1..].IndexOf((byte)'{') is var brace and >= 0)
        {
            rest = rest[(brace + 1)..];
            if (rest.StartsWith(RecordStart))
            {
                return true;
            }
        }

        return false;
    }

    private int ReadLine(ReadOnlySpan<byte> rest, int from, int feed)
    {
        var (end, isCut) = feed < 0 ? (-1, false) : LogLine.FindEnd(rest, feed);
        if (end < 0 && rest.Length < LongestLine)
        {
            return 0;
        }

        _isBetweenMessages = false;
        if (State.IsWithinMessage && end is >= 0 and <= LongestLine && MayHoldRecord(rest[..end]))
        {
            if (IsFollowedByMessage(rest[(end + 1)..], from + end + 1) is not { } isBetween)
            {
                return 0;
            }

            _isBetweenMessages = isBetween;
        }

        if (end < 0 || end > LongestLine)
        {
            var length = LongestLine - LogLine.Lookbehind;
            if (TakeText(rest[..length], _start + from, hasEnd: false))
            {
                NoteRecord(from, length, length);
            }

            State = State with { Rest = State.Rest == LineRest.None ? LineRest.Text : State.Rest };
            return length;
        }

        var records = TakeText(rest[..end], _start + from, hasEnd: true);
        if (records)
        {
            NoteRecord(from, end, end + 1);
        }

        State = State with { Rest = LineRest.None, PiecesToCome = (byte)Math.Min(byte.MaxValue, State.PiecesToCome + (records && isCut ? 1 : 0)) };
        return end + 1;
    }

    private void NoteRecord(int from, int length, int behind)
    {
        LastRecord = from..(from + length);
        RecordBehind = _start + from + behind;
    }

    private int PassRest(ReadOnlySpan<byte> rest, int from)
    {
        var isRecord = State.Rest == LineRest.Record;
        var length = PassRest(rest);
        RecordBehind = isRecord && length > 0 ? _start + from + length : RecordBehind;
        return length;
    }

    private static bool MayHoldRecord(ReadOnlySpan<byte> line) => line.IndexOf(RecordStart) >= 0 || line.Contains((byte)'\n');

    /// <inheritdoc cref="LogLine.IsFollowedByMessage"/>
    /// <remarks>A client can make a line of each few bytes that it sends: what follows is looked for once for a run of them.</remarks>
    private bool? IsFollowedByMessage(ReadOnlySpan<byte> rest, int from)
    {
        if (from >= _following.End)
        {
            var isMessage = LogLine.IsFollowedByMessage(rest, out var passed);
            if (isMessage is null && !_isSettled)
            {
                return null;
            }

            _following = (from + (isMessage is null ? rest.Length : passed), isMessage != false);
        }

        return _following.IsMessage;
    }

    /// <summary>Passes over the rest of a line that was left in its middle.</summary>
    private int PassRest(ReadOnlySpan<byte> rest)
    {
        var feed = rest.IndexOf((byte)'\n');
        var line = feed < 0 ? rest : rest[..feed];
        if (State.Rest == LineRest.Record && line.IndexOf(RecordStart) is var start and >= 0)
        {
            State = State with { Rest = LineRest.None };
            return start;
        }

        if (feed < 0)
        {
            return Math.Max(0, rest.Length - LogLine.Lookbehind);
        }

        switch (LogLine.GoesOn(rest, feed))
        {
            case null:
                return Math.Max(0, feed - LogLine.Lookbehind);
            case false:
                State = State with { Rest = LineRest.None };
                break;
            default:
                break;
        }

        return feed + 1;
    }

    private int PassNuls(ReadOnlySpan<byte> rest, int from)
    {
        if (!State.AfterNuls)
        {
            Tell(ReadErrorReason.Malformed, _start + from, "a run of NUL bytes, as a crash of the machine leaves it", mayHideAttempt: true);
        }

        State = State with { AfterNuls = true };
        var content = rest.IndexOfAnyExcept((byte)0);
        return content < 0 ? rest.Length : content;
    }

    /// <summary>Takes what a line holds; leaves in <see cref="State"/> what the rest of the line belongs to where it has no end.</summary>
    /// <returns>Whether it holds the beginning of a record of the audit.</returns>
    private bool TakeText(ReadOnlySpan<byte> text, long at, bool hasEnd)
    {
        State = State with { AfterNuls = false };
        var isHeader = DebugHeader.Is(text);
        var line = Trim(LogLine.Join(text));
        var start = line.IndexOf(RecordStart);
        if (isHeader)
        {
            State = State.Under(start < 0 ? line : line[..start]);
        }

        if (start < 0)
        {
            TakeOtherText(line, isHeader, at, hasEnd);
            return false;
        }

        if (start > 0 && !isHeader && !IsLabel(line[..start]))
        {
            // Text of another class may quote what a client sent: a record in the middle of it would be the client's forgery.
            if (State.Origin != TextOrigin.Audit && line[0] != (byte)'{')
            {
                State = State.Behind(line) with { Rest = LineRest.Text };
                return false;
            }

            Tell(ReadErrorReason.Malformed, at, $"text before a record: {Excerpt.Of(line)}", mayHideAttempt: MayBeOfSmb1(line[..start]));
        }

        TakeRecords(line[start..], at, hasEnd);
        return true;
    }

    private void TakeOtherText(ReadOnlySpan<byte> line, bool isHeader, long at, bool hasEnd)
    {
        State = State with { Rest = LineRest.Text };
        if (line.IsEmpty || isHeader || State.Origin != TextOrigin.Audit)
        {
            State = isHeader ? State : State.Behind(line);
            return;
        }

        if (State.PiecesToCome > 0)
        {
            State = State with { PiecesToCome = (byte)(State.PiecesToCome - 1) };
            return;
        }

        var (reason, what) = hasEnd ? (ReadErrorReason.Malformed, "not a JSON record")
            : line.Length >= LongestLine / 2 ? (ReadErrorReason.Oversized, $"a line of more than {LongestLine} bytes that is no JSON record")
            : (ReadErrorReason.Incomplete, "the file ends in the middle of a line");
        Tell(reason, at, $"{what}: {Excerpt.Of(line)}", MayBeOfSmb1(line));
    }

    /// <summary>Takes the records of a line: more than one where line feeds were lost, or a process died in the middle of a record.</summary>
    private void TakeRecords(ReadOnlySpan<byte> line, long at, bool hasEnd)
    {
        while (!line.IsEmpty)
        {
            var next = line[1..].IndexOf(RecordStart) + 1;
            var part = next == 0 ? line : line[..next];
            line = next == 0 ? [] : line[next..];
            var record = RecordObject.Read(part);
            var behind = record.IsWhole ? Trim(part[record.Length..]) : [];
            var goesOn = !hasEnd && line.IsEmpty;
            _isBetweenMessages |= DebugHeader.Is(behind);
            Take(record, part, at, goesOn);
            State = State with { Rest = LineRest.Record };
            if (behind.IsEmpty)
            {
                continue;
            }

            if (DebugHeader.Is(behind))
            {
                State = State.Under(behind) with { Rest = LineRest.Text };
            }
            else
            {
                Tell(ReadErrorReason.Malformed, at, $"text behind a record: {Excerpt.Of(behind)}", MayBeOfSmb1(behind));
            }
        }
    }

    /// <param name="record">What the text says.</param>
    /// <param name="text">The text, for messages.</param>
    /// <param name="at">Where its line begins.</param>
    /// <param name="goesOn">Whether more of it may follow, as the text ends and not the line.</param>
    private void Take(in RecordObject record, ReadOnlySpan<byte> text, long at, bool goesOn)
    {
        var counts = false;
        if (record.IsSmb1 == true && State.MayBeForged(_isBetweenMessages))
        {
            Tell(
                ReadErrorReason.Malformed,
                at,
                "an SMB1 record within text of smbd that holds what clients send, so that any client may have written it; give auth_json_audit a file of its own",
                mayHideAttempt: true);
            return;
        }

        if (record.IsSmb1 == true && SambaText.TryReadTime(record.Timestamp, out var time))
        {
            batch.Records.Add(RecordFields.ToAttempt(record, time, new LogPlace(path, at)));
            counts = true;
        }

        if (record.IsWhole)
        {
            batch.NoteOwn(record);
        }

        var damage = record.Damage ?? (record.IsWhole ? null : "the record is cut off");
        if (record.IsSmb1 == true && !counts)
        {
            damage ??= "no usable timestamp";
        }

        // A record that is only longer than what is looked at is as good as whole, where it says what counts.
        if (damage is null || (goesOn && record is { Damage: null, IsSmb1: not null } && text.Length >= LongestLine / 2))
        {
            return;
        }

        var reason = !goesOn || record.Damage is not null ? ReadErrorReason.Malformed
            : text.Length >= LongestLine / 2 ? ReadErrorReason.Oversized
            : ReadErrorReason.Incomplete;
        Tell(reason, at, $"{damage}: {Excerpt.Of(text)}", mayHideAttempt: !counts && record.IsSmb1 != false);
    }

    private void Tell(ReadErrorReason reason, long at, string detail, bool mayHideAttempt) =>
        batch.Errors.Add(new AuditReadError(reason, new LogPlace(path, at).ToString(), detail) { MayHideAttempt = mayHideAttempt });

    /// <summary>Whether text that is no record may be what is left of one of SMB1.</summary>
    private static bool MayBeOfSmb1(ReadOnlySpan<byte> text) => text.IndexOf("\"serviceDescription\": \"SMB2\""u8) < 0;

    private static bool IsLabel(ReadOnlySpan<byte> text) => Trim(text) is var label
        && (label.SequenceEqual("JSON Authentication:"u8) || label.SequenceEqual("JSON Authorization:"u8) || label.IsEmpty);

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyExcept(Blanks);
        return start < 0 ? [] : text[start..(text.LastIndexOfAnyExcept(Blanks) + 1)];
    }
}

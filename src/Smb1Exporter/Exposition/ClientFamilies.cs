namespace Smb1Exporter.Exposition;

/// <summary>Finds what an answer in text 0.0.4 says of clients: the families of the instruments that have a series per client.</summary>
internal static class ClientFamilies
{
    private static ReadOnlySpan<byte> Last => "smb1_connection_attempts_total"u8;

    /// <param name="body">A whole answer: ours among its families are sorted by name.</param>
    /// <returns>Where their lines stand, or would stand if there were any; null where they stand apart.</returns>
    public static Range? Find(ReadOnlySpan<byte> body)
    {
        var (begin, end, place) = (-1, -1, -1);
        for (int at = 0, next; at < body.Length; at = next)
        {
            next = EndOfFamily(body, at);
            var name = NameOfFamily(body[at..next]);
            if (IsOfClients(name))
            {
                if (begin >= 0 && end != at)
                {
                    return null;
                }

                (begin, end) = (begin < 0 ? at : begin, next);
            }
            else if (place < 0 && name.StartsWith("smb1_"u8) && name.SequenceCompareTo(Last) > 0)
            {
                place = at;
            }
        }

        return begin >= 0 ? begin..end : place >= 0 ? place..place : body.Length..body.Length;
    }

    private static bool IsOfClients(ReadOnlySpan<byte> name) =>
        name.SequenceEqual(Last)
        || name.SequenceEqual("smb1_client_first_seen_timestamp_seconds"u8)
        || name.SequenceEqual("smb1_client_last_seen_timestamp_seconds"u8)
        || name.SequenceEqual("smb1_client_info"u8);

    // A line break in a value of a label is escaped, so this begins a line of its own.
    private static int EndOfFamily(ReadOnlySpan<byte> body, int begin) =>
        body[(begin + 1)..].IndexOf("\n# TYPE "u8) is var next and >= 0 ? begin + 1 + next + 1 : body.Length;

    private static ReadOnlySpan<byte> NameOfFamily(ReadOnlySpan<byte> family)
    {
        var begin = "# TYPE ".Length;
        return family.Length <= begin ? [] : family[begin..] is var rest && rest.IndexOf((byte)' ') is var end and >= 0 ? rest[..end] : rest;
    }
}

using System.Buffers.Text;
using System.Net;
using System.Runtime.InteropServices;

namespace Smb1Exporter.Probing;

/// <summary>Reads the kernel's lists of TCP sockets, /proc/net/tcp and /proc/net/tcp6 (proc(5)). Pure.</summary>
internal static class ListeningTable
{
    /// <summary>So much of a list is read: rows of 150 bytes for 400,000 sockets.</summary>
    private const long LongestTable = 64L * 1024 * 1024;

    private const int LongestRow = 1024;
    private const int Chunk = 32 * 1024;

    /// <summary>Adds the rows that listen to <paramref name="rows"/>.</summary>
    /// <returns>False where the list is longer than is read, or holds rows of another form: sockets may be missing.</returns>
    public static bool Read(Stream table, ICollection<ListeningRow> rows)
    {
        var buffer = new byte[Chunk];
        var (kept, total, complete, isHeading) = (0, 0L, true, true);
        while (true)
        {
            var read = table.Read(buffer, kept, buffer.Length - kept);
            var text = buffer.AsSpan(0, kept + read);
            while (text.IndexOf((byte)'\n') is var end and >= 0)
            {
                complete &= isHeading || Take(text[..end], rows);
                isHeading = false;
                text = text[(end + 1)..];
            }

            if (read == 0)
            {
                return complete && text.IsEmpty;
            }

            total += read;
            if (total > LongestTable || text.Length > LongestRow)
            {
                return false;
            }

            text.CopyTo(buffer);
            kept = text.Length;
        }
    }

    /// <summary>Takes one row; false where it is of another form.</summary>
    private static bool Take(ReadOnlySpan<byte> row, ICollection<ListeningRow> rows)
    {
        const int State = 3;
        const int Inode = 9;
        ReadOnlySpan<byte> local = [];
        var isListening = false;
        var field = 0;
        foreach (var range in row.Split((byte)' '))
        {
            var text = row[range];
            if (text.IsEmpty)
            {
                continue;
            }

            switch (field++)
            {
                case 1:
                    local = text;
                    break;
                case State:
                    isListening = text.SequenceEqual("0A"u8);
                    if (!isListening)
                    {
                        return text.Length == 2;
                    }

                    break;
                case Inode:
                    if (!Utf8Parser.TryParse(text, out ulong inode, out var used)
                        || used != text.Length
                        || !TryReadLocal(local, out var address, out var port))
                    {
                        return false;
                    }

                    rows.Add(new ListeningRow(address, port, inode));
                    return true;
            }
        }

        return false;
    }

    /// <summary>Reads <c>0100007F:01BD</c>: each group of four bytes as a number of this machine's own byte order, the port as a number.</summary>
    private static bool TryReadLocal(ReadOnlySpan<byte> text, out IPAddress address, out ushort port)
    {
        const int Group = 8;
        (address, port) = (IPAddress.None, 0);
        var colon = text.IndexOf((byte)':');
        if (colon is not (Group or 4 * Group) || text.Length != colon + 5 || !TryReadHex(text[(colon + 1)..], out var number))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[colon / 2];
        for (var i = 0; i < colon; i += Group)
        {
            if (!TryReadHex(text.Slice(i, Group), out var word))
            {
                return false;
            }

            MemoryMarshal.Write(bytes[(i / 2)..], word);
        }

        address = new IPAddress(bytes);
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        port = (ushort)number;
        return true;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> text, out uint value) =>
        Utf8Parser.TryParse(text, out value, out var used, 'x') && used == text.Length;
}

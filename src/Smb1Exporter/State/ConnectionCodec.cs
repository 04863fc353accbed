using System.Text;

namespace Smb1Exporter.State;

/// <summary>Connections as bytes: their number, then of each its key and what is remembered of it. Times in microseconds since 1970.</summary>
internal static class ConnectionCodec
{
    [Flags]
    private enum Parts : byte
    {
        None = 0,
        SetUp = 1,
        Session = 2,
        Own = 4,
    }

    public static byte[] Write(IReadOnlyCollection<KeyValuePair<string, KnownConnection>> connections)
    {
        using var bytes = new MemoryStream(connections.Count * 64);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write7BitEncodedInt(connections.Count);
        foreach (var (key, connection) in connections)
        {
            writer.Write(key);
            writer.Write7BitEncodedInt64(StateTime.ToMicroseconds(connection.First));
            writer.Write((byte)PartsOf(connection));
            if (connection.SetUp is { } setUp)
            {
                writer.Write7BitEncodedInt64(StateTime.ToMicroseconds(setUp));
            }

            if (connection.Session is { } session)
            {
                writer.Write(session);
            }
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static Parts PartsOf(KnownConnection connection) =>
        (connection.SetUp is null ? Parts.None : Parts.SetUp)
        | (connection.Session is null ? Parts.None : Parts.Session)
        | (connection.IsOwn ? Parts.Own : Parts.None);

    /// <exception cref="DamagedRowException">They are not as they were written.</exception>
    public static List<KeyValuePair<string, KnownConnection>> Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            var connections = new List<KeyValuePair<string, KnownConnection>>();
            for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            {
                var key = reader.ReadString();
                var first = StateTime.FromMicroseconds(reader.Read7BitEncodedInt64());
                var parts = (Parts)reader.ReadByte();
                DateTimeOffset? setUp = parts.HasFlag(Parts.SetUp) ? StateTime.FromMicroseconds(reader.Read7BitEncodedInt64()) : null;
                var session = parts.HasFlag(Parts.Session) ? reader.ReadString() : null;
                connections.Add(new(key, new KnownConnection(first, setUp, session) { IsOwn = parts.HasFlag(Parts.Own) }));
            }

            return connections;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new DamagedRowException($"the table connection holds a row that cannot be read: {e.Message}");
        }
    }
}

using System.Buffers.Binary;

namespace Smb1Exporter.Tests.Pushing;

/// <summary>One field of a message of Protocol Buffers.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Value">A number, with its bits as they are.</param>
/// <param name="Content">A text, bytes or a message.</param>
internal readonly record struct ProtobufField(int Number, ulong Value, byte[] Content);

/// <summary>Reads messages of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) for the fake, which knows nothing of the program's code.</summary>
internal static class ProtobufReader
{
    public static IEnumerable<ProtobufField> Read(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = ReadVarint(message, ref at);
            var (value, content) = (0UL, Array.Empty<byte>());
            switch (tag & 7)
            {
                case 0:
                    value = ReadVarint(message, ref at);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at));
                    at += sizeof(ulong);
                    break;
                case 2:
                    var length = (int)ReadVarint(message, ref at);
                    content = message[at..(at + length)];
                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"Type {tag & 7} at {at}");
            }

            yield return new ProtobufField((int)(tag >> 3), value, content);
        }
    }

    private static ulong ReadVarint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}

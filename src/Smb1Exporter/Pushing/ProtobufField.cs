using Google.Protobuf;

namespace Smb1Exporter.Pushing;

/// <summary>
/// One field of a message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/). Messages are changed field by field, by what Google's
/// library reads and writes: what is not known here stays as it came, and its generated classes would cost each exporter 2 MB of memory, pushing or not.
/// </summary>
/// <param name="Tag">Its number and its kind.</param>
/// <param name="Value">Of a number.</param>
/// <param name="Content">Of a text, of bytes or of a message; empty for a number.</param>
internal readonly record struct ProtobufField(uint Tag, ulong Value, ByteString Content)
{
    /// <summary>The number of the field.</summary>
    public int Number => WireFormat.GetTagFieldNumber(Tag);

    /// <summary>A field that holds a number of eight bytes.</summary>
    public static ProtobufField Fixed64(int number, ulong value) => new(WireFormat.MakeTag(number, WireFormat.WireType.Fixed64), value, ByteString.Empty);

    /// <summary>A field that holds a message.</summary>
    public static ProtobufField Message(int number, params IEnumerable<ProtobufField> fields) => Bytes(number, Write(fields));

    /// <summary>A field that holds a text.</summary>
    public static ProtobufField Text(int number, string text) => Bytes(number, ByteString.CopyFromUtf8(text));

    /// <summary>The fields of a message, in their order.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is none.</exception>
    /// <exception cref="InvalidDataException">It holds what OpenTelemetry never writes.</exception>
    public static List<ProtobufField> Read(ByteString message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var fields = new List<ProtobufField>();
        var input = message.CreateCodedInput();
        while (input.ReadTag() is not 0 and var tag)
        {
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => new ProtobufField(tag, input.ReadUInt64(), ByteString.Empty),
                WireFormat.WireType.Fixed64 => new ProtobufField(tag, input.ReadFixed64(), ByteString.Empty),
                WireFormat.WireType.Fixed32 => new ProtobufField(tag, input.ReadFixed32(), ByteString.Empty),
                WireFormat.WireType.LengthDelimited => new ProtobufField(tag, 0, input.ReadBytes()),
                var kind => throw new InvalidDataException($"This is no message of Protocol Buffers as OpenTelemetry writes them: it has a field of kind {kind}."),
            });
        }

        return fields;
    }

    /// <summary>The content of the first of some fields that has a number; empty where none has it.</summary>
    public static ByteString Find(List<ProtobufField> fields, int number)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return fields.Find(field => field.Number == number).Content ?? ByteString.Empty;
    }

    /// <summary>A message of these fields.</summary>
    public static ByteString Write(IEnumerable<ProtobufField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var field in fields)
            {
                field.WriteTo(output);
            }
        }

        return UnsafeByteOperations.UnsafeWrap(stream.GetBuffer().AsMemory(0, (int)stream.Length));
    }

    private void WriteTo(CodedOutputStream output)
    {
        output.WriteTag(Tag);
        switch (WireFormat.GetTagWireType(Tag))
        {
            case WireFormat.WireType.Varint:
                output.WriteUInt64(Value);
                break;
            case WireFormat.WireType.Fixed64:
                output.WriteFixed64(Value);
                break;
            case WireFormat.WireType.Fixed32:
                output.WriteFixed32((uint)Value);
                break;
            default:
                output.WriteBytes(Content);
                break;
        }
    }

    private static ProtobufField Bytes(int number, ByteString content) => new(WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited), 0, content);
}

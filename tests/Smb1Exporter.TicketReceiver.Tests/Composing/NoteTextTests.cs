using Smb1Exporter.TicketReceiver.Composing;

namespace Smb1Exporter.TicketReceiver.Tests.Composing;

public sealed class NoteTextTests
{
    [Theory]
    [InlineData("a b", "a b", "text")]
    [InlineData("a b", "a", "New client since the last entry: b.\n\ntext")]
    [InlineData("a b c", "b", "New clients since the last entry: a, c.\n\ntext")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11", "", "11 new clients since the last entry: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ….\n\ntext")]
    public void It_begins_with_who_is_new_to_the_ticket(string clients, string named, string expected) => Assert.Equal(
        expected.Replace("….", "…", StringComparison.Ordinal),
        NoteText.Compose("text", clients.Split(' '), named.Split(' ').ToHashSet(StringComparer.Ordinal)));
}

using System.Text;
using MimeKit;

namespace Smb1Exporter.EndToEnd.Tests.Fakes;

/// <summary>One connection to a <see cref="FakeMailServer"/>.</summary>
internal sealed class FakeMailSession(FakeMailServer server, Stream stream) : IDisposable
{
    // One character for each byte: MimeKit reads the mail from the bytes.
    private readonly StreamReader _reader = new(stream, Encoding.Latin1);
    private readonly List<string> _recipients = [];
    private string _client = "";
    private int _mails;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SayAsync("220 relay.example ESMTP", cancellationToken);
        while (await _reader.ReadLineAsync(cancellationToken) is { } line)
        {
            server.Record(line);
            var answer = await ExecuteAsync(line, cancellationToken);
            await SayAsync(answer, cancellationToken);
            if (answer.StartsWith("421", StringComparison.Ordinal) || answer.StartsWith("221", StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private async Task<string> ExecuteAsync(string line, CancellationToken cancellationToken)
    {
        var words = line.Split(' ', 2);
        switch (words[0].ToUpperInvariant())
        {
            case "EHLO":
                _client = words.ElementAtOrDefault(1) ?? "";
                _recipients.Clear();
                return "250-relay.example\r\n250-8BITMIME\r\n250 SIZE 10485760";
            case "MAIL":
                _recipients.Clear();
                return server.TakesOneMailPerConnection && _mails > 0
                    ? "421 4.7.0 one message per connection, try again later"
                    : "250 2.1.0 sender ok";
            case "RCPT":
                return Recipient(line);
            case "DATA":
                return await DataAsync(cancellationToken);
            case "RSET" or "NOOP":
                _recipients.Clear();
                return "250 2.0.0 ok";
            case "QUIT":
                return "221 2.0.0 bye";
            default:
                return "500 5.5.1 unknown command";
        }
    }

    private string Recipient(string line)
    {
        var recipient = line.Split('<', '>').ElementAtOrDefault(1) ?? "";
        if (server.Refuse(recipient, _client) is { } refusal)
        {
            return refusal;
        }

        _recipients.Add(recipient);
        return "250 2.1.5 recipient ok";
    }

    private async Task<string> DataAsync(CancellationToken cancellationToken)
    {
        if (_recipients.Count == 0)
        {
            return "503 5.5.1 no recipient";
        }

        await SayAsync("354 go ahead", cancellationToken);
        var text = new StringBuilder();
        while (await _reader.ReadLineAsync(cancellationToken) is { } line && line != ".")
        {
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        _mails++;
        var mail = MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(text.ToString())), cancellationToken);
        var answer = "250 2.0.0 queued";
        if (server.RenamesMails)
        {
            var id = $"0107{Guid.NewGuid():N}-000000";
            mail.MessageId = $"{id}@eu-central-1.amazonses.com";
            answer = $"250 Ok {id}";
        }

        foreach (var recipient in _recipients)
        {
            server.Desk.Take(recipient, mail);
        }

        return answer;
    }

    private async Task SayAsync(string answer, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{answer}\r\n"), cancellationToken);
}

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using MimeKit;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>How a <see cref="FakeSmtpServer"/> is set up.</summary>
internal sealed record FakeSmtpOptions
{
    public const string User = "smb1";

    public const string Password = "s3cret \"pa\\ss\" wörd";

    /// <summary>With it, STARTTLS is offered.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>TLS from the first byte.</summary>
    public bool TlsOnConnect { get; init; }

    /// <summary>MAIL only after AUTH.</summary>
    public bool AsksForSignIn { get; init; } = true;

    /// <summary>The mechanisms of AUTH; empty: AUTH is not offered.</summary>
    public string Mechanisms { get; init; } = "PLAIN LOGIN";

    /// <summary>Whether several commands may come at once.</summary>
    public bool Pipelining { get; init; } = true;

    /// <summary>The largest mail, in bytes; null: no SIZE is offered.</summary>
    public int? Size { get; init; } = 10_000_000;

    /// <summary>What it says first.</summary>
    public string Greeting { get; init; } = "220 mail.example ESMTP";

    /// <summary>Who may send.</summary>
    public IReadOnlyList<string> Senders { get; init; } = ["smb1@msp.example"];

    /// <summary>Whom it takes mail for.</summary>
    public IReadOnlyList<string> Mailboxes { get; init; } = ["desk@example.com", "contoso@example.com"];
}

/// <summary>
/// A mail server on a real socket which does what RFC 5321 says, with STARTTLS (RFC 3207), AUTH PLAIN and LOGIN (RFC 4954), SIZE (RFC 1870) and
/// PIPELINING (RFC 2920), and gives what it takes to a <see cref="FakeDesk"/>. Each command may meet a fault, as <see cref="Faults"/> says;
/// to the plan the end of a mail is a POST, for it alone has an effect, and every other command a GET.
/// </summary>
internal sealed partial class FakeSmtpServer : TcpServer
{
    // RFC 5321, 4.5.3.1.4 and 4.5.3.1.6, with the line's end; RFC 4954, 4 for AUTH.
    private const int LongestCommand = 512;
    private const int LongestAuth = 12288;
    private const int LongestTextLine = 1000;

    private readonly List<string> _seen = [];

    public FakeSmtpServer(FakeSmtpOptions? options = null) => Options = options ?? new FakeSmtpOptions();

    public FakeSmtpOptions Options { get; set; }

    public FaultPlan Faults { get; } = new();

    public FakeDesk Desk { get; } = new();

    /// <summary>Answers in place of its own: gets the command, "." being the end of a mail; null for its own.</summary>
    public Func<string, string?> Answers { get; set; } = _ => null;

    /// <summary>The commands so far, those under TLS after "TLS ".</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        await using var connection = new SmtpConnection(client.GetStream());
        try
        {
            if (Options.TlsOnConnect)
            {
                await connection.EncryptAsync(Options.Certificate!, cancellationToken);
            }

            await new Session(this, connection).RunAsync(cancellationToken);
        }
        catch (AuthenticationException)
        {
            // The client does not trust the certificate.
        }
    }

    private void Record(string command, bool encrypted)
    {
        lock (_seen)
        {
            _seen.Add(encrypted ? $"TLS {command}" : command);
        }
    }

    [GeneratedRegex(@"^(MAIL FROM|RCPT TO):<([^<>\s]+@[^<>\s]+)>((?: [A-Z0-9-]+(?:=\S+)?)*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Path();

    private sealed class Session(FakeSmtpServer server, SmtpConnection connection)
    {
        private readonly List<string> _recipients = [];
        private string? _sender;
        private string? _user;
        private bool _greeted;
        private bool _eightBit;
        private string _lastAuth = "";

        private FakeSmtpOptions Options => server.Options;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            if (!await AnswerAsync("CONNECT", () => Task.FromResult(Options.Greeting), cancellationToken))
            {
                return;
            }

            while (await connection.ReadLineAsync(cancellationToken) is { } line)
            {
                server.Record(line, connection.IsEncrypted);
                var command = line.Split(' ')[0].ToUpperInvariant();
                if (!await AnswerAsync(line, () => ExecuteAsync(command, line, cancellationToken), cancellationToken) || command == "QUIT")
                {
                    return;
                }

                if (command == "STARTTLS" && !connection.IsEncrypted && Options.Certificate is { } certificate)
                {
                    await connection.EncryptAsync(certificate, cancellationToken);
                    (_greeted, _user, _sender) = (false, null, null);
                }
            }
        }

        // False when the connection is over.
        private async Task<bool> AnswerAsync(string command, Func<Task<string>> execute, CancellationToken cancellationToken)
        {
            if (server.Answers(command) is { } other)
            {
                await SendAsync(other, cancellationToken);
                return !other.StartsWith("421", StringComparison.Ordinal);
            }

            var request = new DefaultHttpContext().Request;
            request.Method = command == "." ? HttpMethods.Post : HttpMethods.Get;
            request.Path = $"/{command.Split(' ')[0]}";
            switch (server.Faults.Next(request))
            {
                case null:
                    var answer = await execute();
                    if (answer.Length > 0)
                    {
                        await SendAsync(answer, cancellationToken);
                    }

                    return true;
                case { Kind: FaultKind.Status } fault:
                    var code = CodeOf(fault.Status, command);
                    await SendAsync(
                        $"{code} {(code >= 500 ? 5 : 4)}.3.0 fault {fault.Status}; you sent {command} {_lastAuth} as {FakeSmtpOptions.User} {FakeSmtpOptions.Password}", cancellationToken);
                    return code != 421;
                case { Kind: FaultKind.Garbage }:
                    await SendAsync("<!DOCTYPE html><title>Maintenance</title>", cancellationToken);
                    return true;
                case { Kind: FaultKind.Redirect }:
                    await SendAsync("450 4.1.6 moved, try <elsewhere@sso.example>", cancellationToken);
                    return true;
                case { Kind: FaultKind.Cut }:
                    return false;
                case { Kind: FaultKind.Silence }:
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    return false;
                case { Kind: var kind }:
                    return await SpoilAsync(kind, await execute(), cancellationToken);
            }
        }

        private async Task<bool> SpoilAsync(FaultKind kind, string answer, CancellationToken cancellationToken)
        {
            switch (kind)
            {
                case FaultKind.FalseFailure:
                    await SendAsync("451 4.3.0 fault", cancellationToken);
                    return true;
                case FaultKind.HalfAnswer:
                    await connection.WriteAsync(answer[..(answer.Length / 2)], cancellationToken);
                    break;
            }

            return false;
        }

        private async Task<string> ExecuteAsync(string command, string line, CancellationToken cancellationToken)
        {
            if (line.Length + 2 > (command == "AUTH" ? LongestAuth : LongestCommand))
            {
                return "500 5.5.2 line too long";
            }

            switch (command)
            {
                case "EHLO":
                    Reset();
                    _greeted = true;
                    return Extensions();
                case "STARTTLS":
                    return Options.Certificate is null || connection.IsEncrypted ? "502 5.5.1 no STARTTLS here" : "220 2.0.0 go ahead";
                case "AUTH":
                    return await SignInAsync(line, cancellationToken);
                case "MAIL":
                    return Mail(line);
                case "RCPT":
                    return Recipient(line);
                case "DATA":
                    return await DataAsync(cancellationToken);
                case "RSET":
                    Reset();
                    return "250 2.0.0 reset";
                case "NOOP":
                    return "250 2.0.0 still here";
                case "QUIT":
                    return "221 2.0.0 bye";
                default:
                    return "500 5.5.1 unknown command";
            }
        }

        private string Extensions()
        {
            List<string> lines = ["mail.example", "8BITMIME", "ENHANCEDSTATUSCODES"];
            if (Options.Pipelining)
            {
                lines.Add("PIPELINING");
            }

            if (Options.Size is { } size)
            {
                lines.Add($"SIZE {size}");
            }

            if (Options.Mechanisms.Length > 0 && (connection.IsEncrypted || Options.Certificate is null))
            {
                lines.Add($"AUTH {Options.Mechanisms}");
            }

            if (Options.Certificate is not null && !connection.IsEncrypted)
            {
                lines.Add("STARTTLS");
            }

            return string.Join("\r\n", lines.Select((line, number) => $"250{(number == lines.Count - 1 ? ' ' : '-')}{line}"));
        }

        private async Task<string> SignInAsync(string line, CancellationToken cancellationToken)
        {
            var words = line.Split(' ');
            var mechanism = words.ElementAtOrDefault(1)?.ToUpperInvariant() ?? "";
            if (_user is not null || !_greeted || !Options.Mechanisms.Split(' ').Contains(mechanism))
            {
                return "504 5.5.4 not now, or not this mechanism";
            }

            string[] said;
            if (mechanism == "PLAIN")
            {
                _lastAuth = words.ElementAtOrDefault(2) ?? await AskAsync("", cancellationToken);
                said = Encoding.UTF8.GetString(Convert.FromBase64String(_lastAuth)).Split('\0')[1..];
            }
            else
            {
                var user = words.ElementAtOrDefault(2) ?? await AskAsync("Username:", cancellationToken);
                _lastAuth = await AskAsync("Password:", cancellationToken);
                said = [Encoding.UTF8.GetString(Convert.FromBase64String(user)), Encoding.UTF8.GetString(Convert.FromBase64String(_lastAuth))];
            }

            if (said is not [FakeSmtpOptions.User, FakeSmtpOptions.Password])
            {
                return $"535 5.7.8 wrong: {_lastAuth}";
            }

            _user = said[0];
            return "235 2.7.0 welcome";
        }

        private async Task<string> AskAsync(string what, CancellationToken cancellationToken)
        {
            await SendAsync($"334 {Convert.ToBase64String(Encoding.ASCII.GetBytes(what))}", cancellationToken);
            return await connection.ReadLineAsync(cancellationToken) ?? throw new IOException("gone");
        }

        private string Mail(string line)
        {
            if (!_greeted || _sender is not null)
            {
                return "503 5.5.1 not now";
            }

            if (Options.AsksForSignIn && _user is null)
            {
                return "530 5.7.0 sign in first";
            }

            if (Path().Match(line) is not { Success: true } path)
            {
                return "501 5.1.7 no address";
            }

            var parameters = path.Groups[3].Value;
            _eightBit = parameters.Contains("BODY=8BITMIME", StringComparison.OrdinalIgnoreCase);
            if (Regex.Match(parameters, "SIZE=([0-9]+)") is { Success: true } size && int.Parse(size.Groups[1].Value) > Options.Size)
            {
                return "552 5.3.4 message too big";
            }

            if (!Options.Senders.Contains(path.Groups[2].Value))
            {
                return $"553 5.7.1 {_user} may not send as {path.Groups[2].Value}";
            }

            _sender = path.Groups[2].Value;
            return "250 2.1.0 sender ok";
        }

        private string Recipient(string line)
        {
            if (_sender is null)
            {
                return "503 5.5.1 MAIL first";
            }

            if (Path().Match(line) is not { Success: true } path)
            {
                return "501 5.1.3 no address";
            }

            if (!Options.Mailboxes.Contains(path.Groups[2].Value))
            {
                return "550-5.1.1 no such mailbox\r\n550 5.1.1 ask the postmaster";
            }

            _recipients.Add(path.Groups[2].Value);
            return "250 2.1.5 recipient ok";
        }

        private async Task<string> DataAsync(CancellationToken cancellationToken)
        {
            if (_recipients.Count == 0)
            {
                return "554 5.5.1 no valid recipients";
            }

            await SendAsync("354 go ahead", cancellationToken);
            var mail = new StringBuilder();
            string? fault = null;
            while (true)
            {
                var line = await connection.ReadLineAsync(cancellationToken) ?? throw new IOException("gone");
                if (line == ".")
                {
                    break;
                }

                fault ??= line.Length + 2 > LongestTextLine ? "554 5.6.0 line too long"
                    : line.Contains('\r', StringComparison.Ordinal) || line.Contains('\n', StringComparison.Ordinal) ? "554 5.6.0 bare CR or LF"
                    : !_eightBit && !line.All(char.IsAscii) ? "554 5.6.1 eight-bit text unannounced"
                    : null;
                mail.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            server.Record(".", connection.IsEncrypted);
            var over = !await AnswerAsync(".", () => Task.FromResult(fault ?? Take(mail.ToString())), cancellationToken);
            Reset();
            return over ? throw new IOException("over") : "";
        }

        private string Take(string text)
        {
            if (text.Length > Options.Size)
            {
                return "552 5.3.4 message too big";
            }

            var mail = MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(text)));
            if (mail.MessageId is null || mail.From.Count != 1 || mail.To.Count != 1 || mail.Cc.Count + mail.Bcc.Count > 0)
            {
                return "554 5.6.0 headers are missing, or too many";
            }

            foreach (var recipient in _recipients)
            {
                server.Desk.Take(recipient, mail);
            }

            return "250 2.0.0 queued as 1";
        }

        private void Reset()
        {
            _sender = null;
            _recipients.Clear();
        }

        private Task SendAsync(string answer, CancellationToken cancellationToken) => connection.WriteAsync($"{answer}\r\n", cancellationToken);

        private static int CodeOf(int status, string command) => status switch
        {
            400 or 422 => 554,
            401 => command.StartsWith("AUTH", StringComparison.Ordinal) ? 535 : 530,
            403 => command.StartsWith("AUTH", StringComparison.Ordinal) ? 534 : 530,
            404 or 409 => 450,
            429 or 503 => 421,
            _ => 451,
        };
    }
}

using System.Net.Security;
using System.Text;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>A connection of a <see cref="FakeSmtpServer"/>, line by line as RFC 5321 has it: only CR LF ends one.</summary>
internal sealed class SmtpConnection(Stream stream) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    public bool IsEncrypted => _stream is SslStream;

    public async Task EncryptAsync(SslStreamCertificateContext certificate, CancellationToken cancellationToken)
    {
        // What was sent in clear after STARTTLS must not count as sent under TLS.
        _start = _end = 0;
        var encrypted = new SslStream(_stream);
        _stream = encrypted;
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }, cancellationToken);
    }

    /// <summary>The next line without its end, each byte a character; null at the end of the connection.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end)
            {
                _end = await _stream.ReadAsync(_buffer, cancellationToken);
                _start = 0;
                if (_end == 0)
                {
                    return null;
                }
            }

            line.Append((char)_buffer[_start++]);
            if (line is [.., '\r', '\n'])
            {
                line.Length -= 2;
                return line.ToString();
            }
        }
    }

    public async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}

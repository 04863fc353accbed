using System.Net;

namespace Smb1Exporter.Pushing;

/// <summary>Why a push failed, in words for an administrator.</summary>
/// <param name="Kind">Problems of one kind are told once.</param>
/// <param name="Text">What happened.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record PushProblem(string Kind, string Text, string Remedy)
{
    /// <summary>The program stops, and the endpoint has not answered.</summary>
    public static readonly PushProblem Stopped =
        new("stop", "the endpoint did not answer before the program stopped", "The next start pushes the same totals.");

    /// <summary>OpenTelemetry's exporter sent nothing.</summary>
    public static readonly PushProblem NotSent =
        new("not sent", "the metrics could not be put into a request", "Lower Exporter:MaxClients, or report this.");

    /// <summary>A proxy's or portal's page to sign in, or another web server: no receiver answers so.</summary>
    public static readonly PushProblem WebPage = new("web page", "the answer is a web page, not that of a receiver", Receiver);

    private const string Credentials = "Check OTEL_EXPORTER_OTLP_HEADERS, or the client certificate.";
    private const string Reachable = "Check OTEL_EXPORTER_OTLP_ENDPOINT, that the receiver runs, and that this machine may reach it.";
    private const string Receiver = "Check the path of OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL. Prometheus takes http/protobuf at "
        + "/api/v1/otlp, when it was started with --web.enable-otlp-receiver.";

    private const string Size = "Raise the receiver's limit on the size of a request, or lower Exporter:MaxClients.";
    private const string LoadedReceiver = "Check the receiver's own log; it is tried again at the next interval.";

    /// <summary>No answer came in time.</summary>
    public static PushProblem OfTimeout(TimeSpan timeout) =>
        new("timeout", $"no answer within {timeout.TotalSeconds:0.###} s", $"{Reachable} OTEL_EXPORTER_OTLP_TIMEOUT sets the limit.");

    /// <summary>The connection or the exchange failed.</summary>
    public static PushProblem Of(HttpRequestException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var text = Wording.Shown(failure.GetBaseException().Message.TrimEnd('.'));
        return new(failure.HttpRequestError.ToString(), text, failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "Correct the name in OTEL_EXPORTER_OTLP_ENDPOINT, or the name server of this machine.",
            HttpRequestError.SecureConnectionError =>
                "Check the endpoint's certificate; OTEL_EXPORTER_OTLP_CERTIFICATE names the authorities to trust. "
                + "Where the endpoint has no TLS, it begins with http://.",
            HttpRequestError.ConnectionError => Reachable,
            HttpRequestError.ProxyTunnelError => "Check the proxy of this machine, or name the endpoint in no_proxy.",
            _ => Receiver,
        });
    }

    /// <summary>The endpoint answered, and did not take the metrics.</summary>
    /// <param name="status">The answer's status.</param>
    /// <param name="answer">Its text.</param>
    public static PushProblem Of(HttpStatusCode status, string answer) => new($"HTTP {(int)status}", $"HTTP {(int)status}{Quoted(answer)}", (int)status switch
    {
        401 or 403 or 407 => Credentials,
        >= 300 and < 400 or 404 or 405 or 415 => Receiver,
        413 => Size,
        _ => LoadedReceiver,
    });

    /// <summary>The endpoint answered by gRPC, and did not take the metrics.</summary>
    /// <param name="status">A code of https://grpc.io/docs/guides/status-codes/, as a number.</param>
    /// <param name="message">Its text.</param>
    public static PushProblem OfGrpc(string status, string message) => new($"gRPC {status}", $"gRPC status {status}{Quoted(message)}", status switch
    {
        "7" or "16" => Credentials,
        "12" => Receiver,
        "8" => Size,
        _ => LoadedReceiver,
    });

    private static string Quoted(string answer)
    {
        var text = Wording.Shown(answer.Trim());
        return text.Length == 0 ? "" : $" ('{text}')";
    }
}

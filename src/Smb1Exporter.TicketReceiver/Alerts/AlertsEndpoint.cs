using Microsoft.AspNetCore.Http.Features;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Takes Alertmanager's notifications. 200 means stored; 503 that the sender shall come again; any 4xx that it need not.</summary>
internal sealed class AlertsEndpoint(
    INotificationIntake intake,
    AlertsOptions options,
    AlertsMetrics metrics,
    RefusalWriter refusals,
    IHostApplicationLifetime lifetime)
{
    public const string Path = "/alerts";

    public async Task HandleAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } payload)
        {
            return;
        }

        var grouped = NotificationGrouping.Split(payload);
        AcceptedNotifications accepted;
        try
        {
            // Not given up when the sender hangs up: stored is stored, and it will ask again.
            accepted = await intake.AcceptAsync(grouped.Servers, SenderOf(context, payload), CancellationToken.None);
        }
        catch (NotStoredException e)
        {
            await refusals.WriteAsync(context, RefusalReason.NotStored, $"{e.Message} Send it again later.");
            return;
        }

        metrics.Received(accepted.Duplicates, grouped.Resolved, grouped.OtherAlerts);
        context.Response.OnCompleted(() =>
        {
            intake.AnswerEnded(accepted, sent: !context.RequestAborted.IsCancellationRequested);
            return Task.CompletedTask;
        });
        var ignored = grouped.Resolved + grouped.OtherAlerts;
        var answer = $"{accepted.Stored} stored, {accepted.Duplicates} stored before, {ignored} alerts ignored\n";
        await TypedResults.Text(answer).ExecuteAsync(context);
    }

    // Null when the request was refused, and answered.
    private async Task<WebhookPayload?> ReadAsync(HttpContext context)
    {
        if (await ReadBodyAsync(context) is not { } body)
        {
            return null;
        }

        var (payload, fault) = PayloadReader.Read(body);
        if (fault is not null)
        {
            await refusals.WriteAsync(context, fault.Reason, fault.Detail);
        }

        return payload;
    }

    private async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        // Our own limit applies; the server's would break the connection under a sender that is still sending.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var body = await RequestBody.ReadAsync(context.Request, options.MaxRequestBytes, cancelled.Token);
            if (body is null)
            {
                await refusals.WriteAsync(
                    context,
                    RefusalReason.TooLarge,
                    $"The body is larger than {options.MaxRequestBytes} bytes. Raise Receiver:MaxRequestBytes, or lower max_alerts in Alertmanager.");
            }

            return body;
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await refusals.WriteAsync(context, RefusalReason.NotStored, "The receiver is stopping. Send the notification again later.");
            return null;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            await refusals.WriteAsync(
                context, RefusalReason.Interrupted, $"The body did not arrive whole: {e.Message} Look for a proxy or a network that cuts it off.");
            return null;
        }
    }

    private static string SenderOf(HttpContext context, WebhookPayload payload) =>
        $"{context.Connection.RemoteIpAddress} {SafeText.Line(payload.ExternalUrl)}";
}

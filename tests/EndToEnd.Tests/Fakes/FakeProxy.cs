using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.EndToEnd.Tests.Fakes;

/// <summary>A company's proxy for the internet: what is inside it cannot reach.</summary>
internal sealed class FakeProxy : FakeServer
{
    protected override void Map(WebApplication app) => app.Run(context =>
    {
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        return Task.CompletedTask;
    });
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Smb1Exporter.Configuration;

/// <summary>Answers HEAD wherever GET is answered, as uptime checkers and load balancers expect.</summary>
public static class GetAndHead
{
    /// <summary>The two methods, for what is mapped in another way.</summary>
    public static IEnumerable<string> Methods { get; } = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps a path. The server itself leaves out the body of an answer to HEAD.</summary>
    public static IEndpointConventionBuilder MapGetAndHead(this IEndpointRouteBuilder endpoints, string path, RequestDelegate handler) =>
        endpoints.MapMethods(path, Methods, handler);
}

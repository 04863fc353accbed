using System.Collections.Concurrent;

namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>
/// The routes in the identifiers of a ticketing system. A check finds all of them beforehand; a delivery asks for one only if that check was
/// cut short. Safe for use by several threads.
/// </summary>
internal sealed class ResolvedRoutes<T>
    where T : class
{
    private readonly ConcurrentDictionary<TicketRoute, T> _found = new();

    /// <summary>Finds all routes anew.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="resolve">Finds the parts of a route, given the setting it comes from; null when one is not there.</param>
    public async Task FindAllAsync(CustomerRoutes routes, Func<string, TicketRoute, Task<T?>> resolve)
    {
        _found.Clear();
        foreach (var (setting, route) in routes.All)
        {
            if (await resolve(setting, route) is { } resolved)
            {
                _found[route] = resolved;
            }
        }
    }

    /// <summary>One route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="resolve">Finds its parts, given what to call it; null when one is not there, which is then among the problems.</param>
    /// <exception cref="TicketingException">A part of it is not there.</exception>
    public async Task<T> OfAsync(TicketRoute route, Func<string, ICollection<string>, Task<T?>> resolve)
    {
        if (!_found.TryGetValue(route, out var resolved))
        {
            var problems = new List<string>();
            resolved = await resolve("The route", problems)
                ?? throw new TicketingException(new TicketingOutcome.RetryLater(string.Join(' ', problems)));
            _found[route] = resolved;
        }

        return resolved;
    }
}

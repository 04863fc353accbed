using Microsoft.AspNetCore.Http;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>What goes wrong with one request.</summary>
internal enum FaultKind
{
    /// <summary>An error status instead of the answer; nothing happens.</summary>
    Status,

    /// <summary>200 with a page of HTML; nothing happens.</summary>
    Garbage,

    /// <summary>200 without a body, of a web server only; nothing happens.</summary>
    EmptyAnswer,

    /// <summary>302 to another host; nothing happens.</summary>
    Redirect,

    /// <summary>The request has its effect, and half of its answer arrives.</summary>
    HalfAnswer,

    /// <summary>The request has its effect, and its answer never arrives.</summary>
    LostAnswer,

    /// <summary>The request has its effect, and is answered with 500.</summary>
    FalseFailure,

    /// <summary>The connection is cut; nothing happens.</summary>
    Cut,

    /// <summary>Nothing happens and nothing is answered.</summary>
    Silence,
}

/// <summary>One fault.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Status">The status of <see cref="FaultKind.Status"/>.</param>
/// <param name="RetryAfter">Its header Retry-After; null for none.</param>
internal sealed record Fault(FaultKind Kind, int Status = 0, string? RetryAfter = null)
{
    public static Fault Of(int status, string? retryAfter = null) => new(FaultKind.Status, status, retryAfter);
}

/// <summary>Decides which requests go wrong. Safe for use by several threads.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private Func<HttpRequest, int, Fault?> _next = (_, _) => null;
    private int _requests;

    /// <summary>How many requests arrived.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>From now on nothing goes wrong.</summary>
    public void None() => Use((_, _) => null);

    /// <summary>From now on every request goes wrong.</summary>
    public void Always(Fault fault) => Use((_, _) => fault);

    /// <summary>The request with this number, counted from 0 from now on, goes wrong.</summary>
    public void At(int number, Fault fault) => Use((_, request) => request == number ? fault : null);

    /// <summary>Requests go wrong by chance, in any of these ways.</summary>
    public void ByChance(double share, int seed, params Fault[] faults)
    {
        var chance = new Random(seed);
        Use((_, _) => chance.NextDouble() < share ? faults[chance.Next(faults.Length)] : null);
    }

    /// <summary>Decides for each request, with its number counted from 0 from now on.</summary>
    public void Use(Func<HttpRequest, int, Fault?> next)
    {
        lock (_lock)
        {
            _requests = 0;
            _next = next;
        }
    }

    public Fault? Next(HttpRequest request)
    {
        lock (_lock)
        {
            return _next(request, _requests++);
        }
    }
}

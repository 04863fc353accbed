using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// What must come true, as an assertion: where it does not, the product is at fault, not the test's surroundings. A known fault fails by nothing
/// else, so what only prepares a test waits with <see cref="Eventually"/>.
/// </summary>
internal static class Then
{
    /// <summary>A known fault is expected to let the whole time pass; waiting long for it proves no more.</summary>
    private static readonly TimeSpan LimitForKnownFaults = TimeSpan.FromSeconds(10);

    /// <summary>Reads until <paramref name="condition"/> holds, and returns what was read.</summary>
    /// <param name="what">What a user would see, in words: "the client is counted once".</param>
    /// <param name="describe">What of the value to show in the failure; null: the value itself.</param>
    public static async Task<T> SoonAsync<T>(
        Func<Task<T>> read, Func<T, bool> condition, string what, Func<T, object?>? describe = null, TimeSpan? within = null)
    {
        var limit = KnownFault.OfCurrentTest is null ? within ?? Eventually.Limit : LimitForKnownFaults;
        var (value, holds) = await Eventually.PollAsync(read, condition, limit);
        if (!holds)
        {
            Assert.Fail($"{what}: not so within {limit.TotalSeconds:0} s; last seen: {(describe is null ? value : describe(value))}");
        }

        return value;
    }
}

namespace Smb1Exporter.Hosting;

/// <summary>The memory of a start: much of it is never needed again, and the runtime would keep it. It is given back once, soon after.</summary>
internal static class StartMemory
{
    private static readonly TimeSpan StartIsOver = TimeSpan.FromSeconds(5);

    /// <param name="app">The program; it answers already.</param>
    public static async Task GiveBackAsync(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.Services.GetRequiredService<TimeProvider>().PauseAsync(StartIsOver, app.Lifetime.ApplicationStopping);
        if (!app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}

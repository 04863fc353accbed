namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>Adds the database. Nothing is opened yet.</summary>
internal static class StorageRegistration
{
    /// <param name="services">Gets it.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="keyPrefix">What the keys of our tickets begin with.</param>
    /// <param name="maxParallelDeliveries">How many deliveries are made at the same time.</param>
    public static IServiceCollection AddStorage(
        this IServiceCollection services, DatabaseLocation location, string keyPrefix, int maxParallelDeliveries) => services
        .AddSingleton(_ => location.Create(keyPrefix, maxParallelDeliveries))
        .AddSingleton(provider => provider.GetRequiredService<IDatabaseEngine>().Locks)
        .AddPooledDbContextFactory<ReceiverDatabase>((provider, database) => provider.GetRequiredService<IDatabaseEngine>().Use(database))
        .AddSingleton<DatabaseAccess>();
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>The outbox and the built-in tickets. Times are stored as milliseconds since 1970, UTC.</summary>
internal sealed class ReceiverDatabase(DbContextOptions<ReceiverDatabase> options) : DbContext(options)
{
    /// <summary>Raised with every change of the tables; a database of a higher version is left alone.</summary>
    public const int SchemaVersion = 2;

    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<NotifiedServer> Servers => Set<NotifiedServer>();

    public DbSet<KnownTicket> KnownTickets => Set<KnownTicket>();

    public DbSet<NamedClient> NamedClients => Set<NamedClient>();

    public DbSet<Ticket> Tickets => Set<Ticket>();

    public DbSet<TicketNote> Notes => Set<TicketNote>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Notification>(notification =>
        {
            notification.Ignore(row => row.ClientList);

            // Kept small although delivered rows stay a while: the worker looks here for what is still to do.
            notification.HasIndex(row => new { row.Key, row.Id }).HasFilter("\"State\" = 0").HasDatabaseName("PendingNotifications");
            notification.HasIndex(row => new { row.Key, row.Id }, "NotificationsOfServer");
            notification.HasIndex(row => row.Digest);
            notification.HasIndex(row => row.DeliveryId).IsUnique();
            notification.HasIndex(row => new { row.State, row.ReceivedAt });
        });
        modelBuilder.Entity<NotifiedServer>().HasKey(row => row.Key);
        modelBuilder.Entity<KnownTicket>().HasKey(row => new { row.Key, row.Reference });
        modelBuilder.Entity<NamedClient>().HasKey(row => new { row.Key, row.Client });
        modelBuilder.Entity<Ticket>(ticket =>
        {
            ticket.HasIndex(row => row.Key).IsUnique().HasFilter("\"ClosedAt\" IS NULL").HasDatabaseName("OneOpenTicketPerServer");
            ticket.HasIndex(row => row.NotificationId).IsUnique();
        });
        modelBuilder.Entity<TicketNote>(note =>
        {
            note.HasOne<Ticket>().WithMany().HasForeignKey(row => row.TicketId);
            note.HasIndex(row => row.NotificationId).IsUnique();
        });
    }

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));
}

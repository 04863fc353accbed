using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.Exposition;

namespace Smb1Exporter.Hosting;

/// <summary>Everything of the section <c>Exporter</c>, read and checked.</summary>
/// <param name="Auditing">Reading and switching auditing on.</param>
/// <param name="Counting">Counting and storing.</param>
/// <param name="Exposition">Labels of every series.</param>
public sealed record Settings(AuditingOptions Auditing, CountingOptions Counting, ExpositionOptions Exposition)
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Exporter";

    /// <summary>Reads the section; wrong values and unknown keys are all told at once.</summary>
    /// <exception cref="StartupException">Something is wrong; each line names the key, the value and the remedy.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration, Section);
        var auditing = new AuditingOptions();
        var counting = new CountingOptions();
        var exposition = new ExpositionOptions();

        reader.Enum<AuditSourceKind>("Source", value => auditing.Source = value);
        reader.Flag("EnableAuditing", value => auditing.EnableAuditing = value);
        reader.Duration("AuditingCheckInterval", TimeSpan.FromSeconds(1), value => auditing.AuditingCheckInterval = value);
        reader.Duration("InitialLookback", TimeSpan.Zero, value => auditing.InitialLookback = value);
        reader.Duration("PollInterval", TimeSpan.FromMilliseconds(100), value => auditing.PollInterval = value);
        reader.Text("Samba:ConfigFile", value => auditing.Samba.ConfigFile = value);
        reader.Text("Samba:AuditLog", value => auditing.Samba.AuditLog = value);
        reader.Text("StateFile", value => counting.StateFile = value);
        reader.List("ExcludedClients", value => counting.ExcludedClients = value, list => ClientExclusions.Parse(list));
        reader.Number("MaxClients", 1, 100_000, value => counting.MaxClients = value);
        reader.Duration("ClientRetention", TimeSpan.FromSeconds(1), value => counting.ClientRetention = value);
        reader.Duration("BirthHold", TimeSpan.Zero, value => counting.BirthHold = value);
        reader.Text("Customer", value => exposition.Customer = value);
        reader.Text("HostName", value => exposition.HostName = value);
        reader.ThrowIfWrong();
        return new Settings(auditing, counting, exposition);
    }
}

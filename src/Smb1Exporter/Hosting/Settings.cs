using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.Exposition;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Hosting;

/// <summary>Everything of the section <c>Exporter</c>, read and checked.</summary>
/// <param name="Auditing">Reading and switching auditing on.</param>
/// <param name="Counting">Counting and storing.</param>
/// <param name="Exposition">Labels of every series.</param>
/// <param name="Verdict">When SMB1 can be disabled.</param>
internal sealed record Settings(AuditingOptions Auditing, CountingOptions Counting, ExpositionOptions Exposition, VerdictOptions Verdict)
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Exporter";

    /// <summary>The settings that exist, each with its default; empty where the default is not in the code (smb.conf, the machine's name).</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Defaults
    {
        get
        {
            using var nothing = new ConfigurationManager();
            var reader = new SectionReader(nothing, Section);
            Read(reader);
            return reader.Effective;
        }
    }

    /// <summary>Reads the section; wrong values and unknown keys are all told at once.</summary>
    /// <exception cref="StartupException">Something is wrong; each line names the key, the value and the remedy.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        var reader = new SectionReader(configuration, Section);
        var settings = Read(reader);
        reader.ThrowIfWrong();
        return settings;
    }

    private static Settings Read(SectionReader reader)
    {
        var auditing = new AuditingOptions();
        var counting = new CountingOptions();
        var exposition = new ExpositionOptions();
        var verdict = new VerdictOptions();

        auditing.Source = reader.Choice("Source", auditing.Source);
        auditing.EnableAuditing = reader.Flag("EnableAuditing", auditing.EnableAuditing);
        auditing.AuditingCheckInterval = reader.Duration("AuditingCheckInterval", auditing.AuditingCheckInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        auditing.InitialLookback = reader.Duration("InitialLookback", auditing.InitialLookback, TimeSpan.Zero);
        auditing.PollInterval = reader.Duration("PollInterval", auditing.PollInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        auditing.Samba.ConfigFile = reader.Text("Samba:ConfigFile", auditing.Samba.ConfigFile);
        auditing.Samba.AuditLog = reader.Text("Samba:AuditLog", auditing.Samba.AuditLog);
        auditing.Samba.Servers = reader.List("Samba:Servers", list => ServerAddresses.Parse(list));
        auditing.OwnConnections = reader.Choice("OwnConnections", auditing.OwnConnections);
        auditing.ProofInterval = reader.Duration("ProofInterval", auditing.ProofInterval, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1));
        counting.StateFile = reader.Text("StateFile", counting.StateFile);
        counting.ExcludedClients = reader.List("ExcludedClients", list => ClientExclusions.Parse(list));
        counting.MaxClients = reader.Number("MaxClients", counting.MaxClients, 1, 100_000);
        counting.ClientRetention = reader.Duration("ClientRetention", counting.ClientRetention, TimeSpan.FromSeconds(1));
        counting.ResolveNames = reader.Flag("ResolveNames", counting.ResolveNames);
        counting.BirthHold = reader.Duration("BirthHold", counting.BirthHold, TimeSpan.Zero);
        exposition.Customer = reader.Text("Customer", exposition.Customer);
        exposition.HostName = reader.Text("HostName", exposition.HostName);
        exposition.HostNameForm = reader.Choice("HostNameForm", exposition.HostNameForm);
        verdict.ReadyAfter = reader.Duration("ReadyAfter", verdict.ReadyAfter, TimeSpan.FromDays(1), TimeSpan.FromDays(365));
        counting.DaysKept = verdict.ReadyAfter + TimeSpan.FromDays(1);
        return new Settings(auditing, counting, exposition, verdict);
    }
}

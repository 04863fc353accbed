using Microsoft.Extensions.Configuration;
using Smb1Exporter.Auditing;
using Smb1Exporter.Configuration;
using Smb1Exporter.Hosting;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Hosting;

public class SettingsTests
{
    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var settings = Read();
        Assert.Equal(AuditSourceKind.Auto, settings.Auditing.Source);
        Assert.True(settings.Auditing.EnableAuditing);
        Assert.Equal(TimeSpan.FromHours(1), settings.Auditing.InitialLookback);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.Counting.BirthHold);
        Assert.Equal(TimeSpan.FromDays(180), settings.Counting.ClientRetention);
        Assert.Equal(1000, settings.Counting.MaxClients);
        Assert.Equal(TimeSpan.FromDays(32), settings.Verdict.ReadyAfter);
        Assert.Empty(settings.Counting.ExcludedClients);
    }

    [Fact]
    public void Values_are_read_from_any_source_with_keys_in_any_case()
    {
        var settings = Read(
            "--exporter:source=samba", "--Exporter:BirthHold", "00:00:02", "--Exporter:ClientRetention=30.00:00:00",
            "--Exporter:ExcludedClients:0=10.0.0.0/8", "--Exporter:ExcludedClients:1=fe80::1", "--Exporter:EnableAuditing=false");
        Assert.Equal(AuditSourceKind.Samba, settings.Auditing.Source);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Counting.BirthHold);
        Assert.Equal(TimeSpan.FromDays(30), settings.Counting.ClientRetention);
        Assert.Equal(["10.0.0.0/8", "fe80::1"], settings.Counting.ExcludedClients);
        Assert.False(settings.Auditing.EnableAuditing);
    }

    [Fact]
    public void A_list_may_be_one_text_with_commas() =>
        Assert.Equal(["10.0.0.0/8", "10.1.2.3"], Read("--Exporter:ExcludedClients=10.0.0.0/8, 10.1.2.3").Counting.ExcludedClients);

    [Fact]
    public void Empty_items_of_a_list_do_not_count() =>
        Assert.Equal(["10.1.2.3", "scanner01"], Read("--Exporter:ExcludedClients= ,10.1.2.3,, scanner01 ,").Counting.ExcludedClients);

    [Theory]
    [InlineData("AuditingCheckInterval", "50.00:00:00")]
    [InlineData("PollInterval", "60.00:00:00")]
    [InlineData("BirthHold", "2m")]
    [InlineData("BirthHold", "120")]
    [InlineData("BirthHold", "24:00:00")]
    [InlineData("BirthHold", "-00:00:01")]
    [InlineData("ClientRetention", "00:00:00")]
    [InlineData("ReadyAfter", "23:59:59")]
    [InlineData("ReadyAfter", "366.00:00:00")]
    [InlineData("MaxClients", "0")]
    [InlineData("MaxClients", "1e3")]
    [InlineData("EnableAuditing", "yes")]
    [InlineData("Source", "Linux")]
    [InlineData("Source", "1")]
    [InlineData("ExcludedClients", "10.0.0.256")]
    [InlineData("ExcludedClients", "::ffff:0.0.0.0/90")]
    public void A_wrong_value_is_told_with_its_key_and_what_it_should_be(string key, string value)
    {
        var e = Assert.Throws<StartupException>(() => Read($"--Exporter:{key}={value}"));
        Assert.Contains($"Exporter:{key}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var e = Assert.Throws<StartupException>(() => Read("--Exporter:MaxClients=x", "--Exporter:BirthHolt=00:00:01", "--Exporter:Samba:Log=y"));
        Assert.Contains("Exporter:MaxClients: 'x' is not a whole number from 1 to 100000", e.Message, StringComparison.Ordinal);
        Assert.Contains("Exporter:BirthHolt (value '00:00:01') is not a setting. Did you mean Exporter:BirthHold?", e.Message, StringComparison.Ordinal);
        Assert.Contains("Exporter:Samba:Log (value 'y') is not a setting", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_wins_over_the_named_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["c.json"], """{"Exporter": {"MaxClients": 5, "Customer": "Contoso"}}""");
        var settings = Settings.Read(Configuration(folder["c.json"], "--Exporter:MaxClients=6"));
        Assert.Equal(6, settings.Counting.MaxClients);
        Assert.Equal("Contoso", settings.Exposition.Customer);
    }

    private static Settings Read(params string[] arguments) => Settings.Read(Configuration(null, arguments));

    private static ConfigurationManager Configuration(string? file, params string[] arguments)
    {
        var configuration = new ConfigurationManager();
        ConfigurationSources.Load(configuration, file, SettingArguments.Split(arguments, Settings.Section).Settings);
        return configuration;
    }
}

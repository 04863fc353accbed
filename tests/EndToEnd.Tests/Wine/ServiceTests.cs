using System.Text.RegularExpressions;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// The exporter as a service of Wine's service manager, installed and removed by the scripts that are shipped. They run on the engine of PowerShell 7
/// with stand-ins for all cmdlets but its core ones, and on Wine's own registry, files and services; the firewall is a file.
/// </summary>
public sealed class ServiceTests(WinePrefix wine) : IDisposable
{
    private const string PowerShell = @"C:\windows\system32\WindowsPowerShell\v1.0\powershell.exe";
    private const string ServiceKey = @"HKLM\SYSTEM\CurrentControlSet\Services\smb1-exporter";
    private const string EventSourceKey = @"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\smb1-exporter";
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Next();

    private string ProgramFolder => Path.Combine(wine.DriveC, "Program Files", "smb1-exporter");

    private string StateFolder => Path.Combine(wine.DriveC, "ProgramData", "smb1-exporter");

    private string SettingsFile => Path.Combine(ProgramFolder, "appsettings.json");

    public void Dispose() => _folder.Dispose();

    [Fact, Trait(Length.Trait, Length.IsLong)]
    public async Task Installed_it_counts_and_logs_and_an_upgrade_and_an_uninstall_keep_its_state()
    {
        var log = await BeginAsync();

        // What would be done is told, and nothing is done.
        var told = await ScriptAsync("install.ps1", 0, "-Customer", "Contoso", "-WhatIf");
        Assert.Contains("Create the service", told, StringComparison.Ordinal);
        Assert.False(Directory.Exists(ProgramFolder) || Directory.Exists(StateFolder) || await KeyAsync(ServiceKey) is not null, told);

        var events = wine.ApplicationEvents.Length;
        var said = await ScriptAsync(
            "install.ps1", 0, "-Customer", "Contoso", "-Address", "127.0.0.1", "-Port", $"{_port}", "-PrometheusAddress", "10.0.0.5,10.0.1.0/24");
        Assert.Contains("No fault found.", said, StringComparison.Ordinal);
        Assert.Contains("RUNNING", await QueryAsync(), StringComparison.Ordinal);
        Assert.Contains("reads the Windows event log", wine.ApplicationEvents[events..], StringComparison.Ordinal);
        Assert.Contains(@"%SystemRoot%\Microsoft.NET\Framework64\v4.0.30319\EventLogMessages.dll", await KeyAsync(EventSourceKey), StringComparison.Ordinal);
        Assert.Contains("\"C:\\Program Files\\smb1-exporter\\smb1-exporter.exe\"", await KeyAsync(ServiceKey), StringComparison.Ordinal);
        Assert.Equal($"smb1-exporter Inbound Allow TCP {_port} from 10.0.0.5 10.0.1.0/24", Firewall);
        Assert.Equal(["e_sqlite3.dll"], Directory.EnumerateFiles(Path.Combine(StateFolder, "bundle"), "*.dll", SearchOption.AllDirectories).Select(Path.GetFileName));
        await WhenShownAsync(log, "192.168.1.214", 1);

        // A second run changes no setting, and a newer program takes over state and settings.
        var settings = await File.ReadAllTextAsync(SettingsFile, TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(Path.Combine(_folder.Path, "uninstall.ps1"), "# newer\n", TestContext.Current.CancellationToken);
        said = await ScriptAsync("install.ps1", 0);
        Assert.Contains("Stop the service", said, StringComparison.Ordinal);
        Assert.EndsWith("# newer\n", await File.ReadAllTextAsync(Path.Combine(ProgramFolder, "uninstall.ps1"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(settings, await File.ReadAllTextAsync(SettingsFile, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("Put the new program in place", await ScriptAsync("install.ps1", 0), StringComparison.Ordinal);
        await WhenShownAsync(log, "192.168.1.214", 2);

        // A setting may also be written flat, and then stays so.
        await File.WriteAllTextAsync(
            SettingsFile, settings.Replace("\"Exporter\"", "\"Exporter:Customer\": \"Fabrikam\", \"Logging\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await ScriptAsync("install.ps1", 0, "-Customer", "Contoso");
        Assert.Contains("\"Exporter:Customer\": \"Contoso\"", await File.ReadAllTextAsync(SettingsFile, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await WhenShownAsync(log, "192.168.1.214", 3);
        await File.WriteAllTextAsync(SettingsFile, settings, TestContext.Current.CancellationToken);

        // A setting that is given changes, be it in case alone, the others and the addresses let through the firewall stay.
        var other = FreePorts.Next();
        await ScriptAsync("install.ps1", 0, "-Customer", "CONTOSO", "-Port", $"{other}");
        Assert.Equal(
            settings.Replace($":{_port}", $":{other}", StringComparison.Ordinal).Replace("Contoso", "CONTOSO", StringComparison.Ordinal),
            await File.ReadAllTextAsync(SettingsFile, TestContext.Current.CancellationToken));
        Assert.Equal($"smb1-exporter Inbound Allow TCP {other} from 10.0.0.5 10.0.1.0/24", Firewall);
        await ScriptAsync("install.ps1", 0, "-PrometheusAddress", "none");
        Assert.Null(Firewall);

        await StopsAsync();
        await ScriptAsync("uninstall.ps1", 0);
        Assert.Null(await KeyAsync(ServiceKey));
        Assert.Null(await KeyAsync(EventSourceKey));
        Assert.False(Directory.Exists(ProgramFolder));
        Assert.True(File.Exists(Path.Combine(StateFolder, "state.db")));

        await ScriptAsync("install.ps1", 0, "-Customer", "Contoso", "-Address", "127.0.0.1", "-Port", $"{_port}");
        await WhenShownAsync(log, "192.168.1.214", 4);
        await ScriptAsync("uninstall.ps1", 0, "-RemoveState");
        Assert.False(Directory.Exists(StateFolder));
        await ScriptAsync("uninstall.ps1", 0);
    }

    [Fact]
    public async Task A_start_that_fails_is_told_in_the_event_log_and_by_the_installer()
    {
        await BeginAsync();
        Directory.CreateDirectory(ProgramFolder);
        await File.WriteAllTextAsync(SettingsFile, """{ "Exporter": { "BirthHald": "00:00:00" } }""", TestContext.Current.CancellationToken);

        var said = await ScriptAsync("install.ps1", 1, "-Customer", "Contoso", "-Address", "127.0.0.1", "-Port", $"{_port}");

        Assert.Contains("install.ps1: ", said, StringComparison.Ordinal);
        Assert.Contains("the newest of Application from smb1-exporter", said, StringComparison.Ordinal);
        await Eventually.TrueAsync(
            () => wine.ApplicationEvents.Contains("Did you mean Exporter:BirthHold?", StringComparison.Ordinal), "the event log says why");
        await ScriptAsync("uninstall.ps1", 0, "-RemoveState");
    }

    [Theory, Trait(Length.Trait, Length.IsLong)]
    [InlineData("{ \"Urls\": ", "appsettings.json cannot be read")]
    [InlineData("[]", "it is no JSON object")]
    public async Task Settings_that_are_no_JSON_stop_the_installer_before_anything_is_changed(string settings, string message)
    {
        await BeginAsync();
        Directory.CreateDirectory(ProgramFolder);
        await File.WriteAllTextAsync(SettingsFile, settings, TestContext.Current.CancellationToken);

        var said = await ScriptAsync("install.ps1", 1, "-Customer", "Contoso");

        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Equal([SettingsFile], Directory.GetFiles(ProgramFolder));
        Assert.Equal(settings, await File.ReadAllTextAsync(SettingsFile, TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(StateFolder) || await KeyAsync(ServiceKey) is not null, said);
    }

    [Theory, Trait(Length.Trait, Length.IsLong)]
    [InlineData("""{ "Urls": "http://127.0.0.1:1;https://127.0.0.1:2" }""")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "Https": { "Url": "https://*:10445" } } } }""")]
    public async Task An_address_that_only_the_settings_can_tell_is_not_overwritten(string settings)
    {
        await BeginAsync();
        Directory.CreateDirectory(ProgramFolder);
        await File.WriteAllTextAsync(SettingsFile, settings, TestContext.Current.CancellationToken);

        var said = await ScriptAsync("install.ps1", 1, "-Port", $"{_port}");

        Assert.Contains("more than one plain address: change it there", said, StringComparison.Ordinal);
        Assert.Equal(settings, await File.ReadAllTextAsync(SettingsFile, TestContext.Current.CancellationToken));
    }

    [Theory, Trait(Length.Trait, Length.IsLong)]
    [InlineData("-Address", "fs01.contoso.example", "neither * nor an IPv4 or IPv6 address")]
    [InlineData("-Address", "10", "neither * nor an IPv4 or IPv6 address")]
    [InlineData("-PrometheusAddress", "10.0.0.5,prometheus", "'prometheus' is neither an address nor a CIDR range")]
    [InlineData("-Port", "0", "Port")]
    public async Task Wrong_parameters_are_told_and_nothing_is_changed(string parameter, string value, string message)
    {
        await BeginAsync();
        var said = await ScriptAsync("install.ps1", 1, parameter, value);
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(ProgramFolder) || Directory.Exists(StateFolder) || await KeyAsync(ServiceKey) is not null, said);
    }

    [Fact, Trait(Length.Trait, Length.IsLong)]
    public async Task A_program_that_cannot_be_replaced_is_put_back_and_runs_on()
    {
        var log = await BeginAsync();
        await ScriptAsync("install.ps1", 0, "-Customer", "Contoso", "-Address", "127.0.0.1", "-Port", $"{_port}");

        // A folder where the installed script is to be put aside: the stand-in's move fails over it.
        await File.AppendAllTextAsync(Path.Combine(_folder.Path, "uninstall.ps1"), "# newer\n", TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(Path.Combine(_folder.Path, "smb1-exporter.exe"), "newer", TestContext.Current.CancellationToken);
        var before = await File.ReadAllBytesAsync(Path.Combine(ProgramFolder, "smb1-exporter.exe"), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(ProgramFolder, "uninstall.ps1.old", "in the way"));
        await ScriptAsync("install.ps1", 1);

        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(ProgramFolder, "smb1-exporter.exe"), TestContext.Current.CancellationToken));
        await WhenShownAsync(log, "192.168.1.214", 1);
        Directory.Delete(Path.Combine(ProgramFolder, "uninstall.ps1.old"), recursive: true);
        await ScriptAsync("uninstall.ps1", 0, "-RemoveState");
    }

    [Fact]
    public async Task A_service_whose_state_file_is_damaged_writes_it_anew_and_loses_nothing()
    {
        var log = await BeginAsync();
        await ScriptAsync("install.ps1", 0, "-Customer", "Contoso", "-Address", "127.0.0.1", "-Port", $"{_port}");
        await WhenShownAsync(log, "192.168.1.214", 1);
        Assert.Equal(["smb1-exporter=1"], File.ReadAllLines(Path.Combine(wine.DriveC, "smb1-standin", "failureflag.txt")));

        foreach (var file in Directory.GetFiles(StateFolder, "state.db*"))
        {
            await using var damaged = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            await damaged.WriteAsync(new byte[damaged.Length], TestContext.Current.CancellationToken);
        }

        await Eventually.GetAsync(
            () => Task.FromResult(wine.ApplicationEvents),
            events => events.Contains("was written anew from memory, because it was damaged; nothing is lost", StringComparison.Ordinal),
            "it is told in the event log");
        await WhenShownAsync(log, "192.168.1.214", 2);
        Assert.Contains("RUNNING", await QueryAsync(), StringComparison.Ordinal);
        await ScriptAsync("uninstall.ps1", 0, "-RemoveState");
    }

    private string? Firewall
    {
        get
        {
            var file = Path.Combine(wine.DriveC, "smb1-standin", "firewall.txt");
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
    }

    /// <summary>A Windows on which nothing is installed, and a folder as it was published.</summary>
    private async Task<StandInEventLog> BeginAsync()
    {
        await wine.ReadyAsync();
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(WinePrefix.Exporter)!))
        {
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)), overwrite: true);
        }

        // Of a test that failed.
        if (await KeyAsync(ServiceKey) is not null)
        {
            await ScriptAsync("uninstall.ps1", 0, "-RemoveState");
        }

        foreach (var left in new[] { ProgramFolder, StateFolder }.Where(Directory.Exists))
        {
            Directory.Delete(left, recursive: true);
        }

        var standIns = Directory.CreateDirectory(Path.Combine(wine.DriveC, "smb1-standin")).FullName;
        _ = new StandInSmbServer(standIns);
        _ = new StandInEventLog(standIns, "Operational");
        return new StandInEventLog(standIns, "Audit");
    }

    /// <summary>Runs a script of the published folder as the README says, and expects an exit code.</summary>
    private async Task<string> ScriptAsync(string name, int exitCode, params IEnumerable<string> arguments)
    {
        var script = WinePrefix.WindowsPath(Path.Combine(_folder.Path, name));
        for (var isFirst = true; ; isFirst = false)
        {
            await using var run = await wine.RunAsync([PowerShell, "-ExecutionPolicy", "Bypass", "-File", script, .. arguments], limit: TimeSpan.FromMinutes(3));

            // The scripts never end in silence; under Wine the engine itself, seldom, does. They may be run again.
            if (run.ExitCode == exitCode || !isFirst || run.Output.Trim().Length > 0)
            {
                Assert.True(run.ExitCode == exitCode, $"{name} ended with {run.ExitCode}:\n{run.Output}");
                return run.Output;
            }
        }
    }

    /// <summary>Writes an attempt, and waits until so many of its client are counted.</summary>
    private async Task WhenShownAsync(StandInEventLog log, string client, int attempts)
    {
        log.WriteAttempt(client);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}/") };
        var row = new Regex($">{Regex.Escape(client)}</th><td[^>]*>[^<]*</td><td class=\"n\">{attempts}</td>");
        await Eventually.GetAsync(() => PageAsync(http), row.IsMatch, $"{attempts} attempts of {client}");
        Assert.Contains("customer=\"Contoso\"", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(HttpClient http)
    {
        try
        {
            return await http.GetStringAsync("/");
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private async Task StopsAsync()
    {
        await using var stop = await wine.RunAsync(["sc.exe", "stop", "smb1-exporter"]);
        await Eventually.GetAsync(
            QueryAsync, answer => answer.Contains("STOPPED", StringComparison.Ordinal), "the service stops", TimeSpan.FromSeconds(15));
    }

    private async Task<string> QueryAsync()
    {
        await using var query = await wine.RunAsync(["sc.exe", "query", "smb1-exporter"]);
        return query.Output;
    }

    /// <summary>What a registry key holds; null when there is none.</summary>
    private async Task<string?> KeyAsync(string key)
    {
        await using var query = await wine.RunAsync(["reg", "query", key]);
        return query.ExitCode == 0 ? query.Output : null;
    }
}

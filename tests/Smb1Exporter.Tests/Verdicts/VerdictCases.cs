using Smb1Exporter.Auditing;

namespace Smb1Exporter.Tests.Verdicts;

/// <summary>The table of cases (for a ReadyAfter of 30 days) on which page, report and recording rule agree.</summary>
internal static class VerdictCases
{
    private static readonly AuditingState On = new(true, true, "Fake.");
    private static readonly AuditingState Off = new(true, false, "Fake.");

    public static IReadOnlyList<VerdictCase> All { get; } =
    [
        Case("A new install", "not_covered", Days(30), server => server.InstallAsync()),
        Case("A new install, whose log holds an attempt already", "attempts", Days(29) + Seconds(1), async server =>
        {
            await server.InstallAsync();
            await server.AttemptAsync();
            server.Pass(Days(1));
        }),
        Case("Just under 30 days without an attempt", "not_covered", Seconds(1), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(30) - Seconds(1));
        }),
        Case("30 days without an attempt", "ready", Days(0), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(30));
        }),
        Case("Just over 30 days without an attempt", "ready", -Seconds(1), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(30) + Seconds(1));
        }),
        Case("An attempt 4 days ago", "attempts", Days(26), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(40));
            await server.AttemptAsync();
            server.Pass(Days(4));
        }),
        Case("An attempt just under 30 days ago", "attempts", Seconds(1), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(1));
            await server.AttemptAsync();
            server.Pass(Days(30) - Seconds(1));
        }),
        Case("An attempt 30 days ago", "ready", Days(0), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(1));
            await server.AttemptAsync();
            server.Pass(Days(30));
        }),
        Case("A gap on day 29", "not_covered", Days(29), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(29));
            await server.LoseRecordsAsync();
            server.Pass(Days(1));
        }),
        Case("30 days after a gap", "ready", Days(0), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(29));
            await server.LoseRecordsAsync();
            server.Pass(Days(30));
        }),
        Case("An attempt, and a gap after it", "not_covered", Days(9), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(10));
            await server.AttemptAsync();
            server.Pass(Days(10));
            await server.LoseRecordsAsync();
            server.Pass(Days(21));
        }),
        Case("A gap, and an attempt after it", "attempts", Days(9), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(10));
            await server.LoseRecordsAsync();
            server.Pass(Days(10));
            await server.AttemptAsync();
            server.Pass(Days(21));
        }),
        Case("An attempt and a gap in the same second", "not_covered", Days(20), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(40));
            await server.AttemptAsync();
            await server.LoseRecordsAsync();
            server.Pass(Days(10));
        }),
        Case("Auditing switched off", "auditing_off", Days(30), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.RestartAsync(state: Off);
        }),
        Case("Auditing switched off for a day and on again", "not_covered", Days(20), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.RestartAsync(state: Off);
            await server.RestartAsync(after: Days(1), state: On);
            server.Pass(Days(10));
        }),
        Case("The exporter stopped for two days, with the log intact", "not_covered", Days(1), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(29));
            await server.RestartAsync(after: Days(2));
        }),
        Case("The exporter stopped for two days, with the log wrapped", "not_covered", Days(30), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(29));
            await server.RestartAsync(after: Days(2));
            await server.LoseRecordsAsync();
        }),
        Case("The exporter stopped, and an attempt meanwhile", "attempts", Days(30), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(29));
            await server.RestartAsync(after: Days(2));
            await server.AttemptAsync();
        }),
        Case("The exporter stopped and not started again", "unknown", null, async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.Exporter.StopAsync();
        }) with { IsRunning = false },
        Case("The clock moved back by 40 days", "not_covered", Days(30), async server =>
        {
            await server.InstallAsync();
            server.Exporter.Clock.AdjustTime(server.Exporter.Clock.GetUtcNow() - Days(40));
        }),
        Case("The clock moved ahead by 40 days", "not_covered", Days(30), async server =>
        {
            await server.InstallAsync();
            server.Exporter.Clock.AdjustTime(server.Exporter.Clock.GetUtcNow() + Days(40));
        }),
        Case("The clock moved back after an attempt", "attempts", Days(30), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(40));
            await server.AttemptAsync();
            server.Exporter.Clock.AdjustTime(server.Exporter.Clock.GetUtcNow() - Days(9));
        }),
        Case("An attempt by an excluded client", "ready", -Days(5), async server =>
        {
            await server.InstallAsync("--Exporter:ExcludedClients=10.9.0.0/16");
            server.Pass(Days(30));
            await server.ExcludedAttemptAsync("10.9.0.5");
            server.Pass(Days(5));
        }),
        Case("A client excluded after its attempt", "attempts", Days(25), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(30));
            await server.AttemptAsync("10.9.0.5");
            server.Pass(Days(5));
            await server.RestartAsync(settings: ["--Exporter:ExcludedClients=10.9.0.0/16"]);
        }),
        Case("The cap reached, and an attempt beyond it", "attempts", Days(28), async server =>
        {
            await server.InstallAsync("--Exporter:MaxClients=1");
            await server.AttemptAsync("10.0.0.1");
            server.Pass(Days(40));
            await server.AttemptAsync("10.0.0.2");
            server.Pass(Days(2));
        }),
        Case("A client forgotten within the 30 days", "attempts", Days(10), async server =>
        {
            await server.InstallAsync($"--Exporter:ClientRetention={Days(7)}");
            server.Pass(Days(20));
            await server.AttemptAsync();
            server.Pass(Days(8));
            server.Exporter.Store.ForgetUnseenClients();
            server.Pass(Days(12));
            server.Exporter.Store.ForgetUnseenClients();
            await server.Exporter.WaitForAsync("smb1_tracked_clients", 0);
        }),
        Case("SMB1 is off", "smb1_off", null, async server =>
        {
            await server.StartAsync(new AuditingState(false, true, "Fake."));
            server.Pass(Days(31));
        }),
        Case("SMB1 is off, and auditing too", "smb1_off", null, server => server.StartAsync(new AuditingState(false, false, "Fake."))),
        Case("SMB1 switched off after an attempt", "smb1_off", null, async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.AttemptAsync();
            await server.RestartAsync(after: Days(1), state: new AuditingState(false, true, "Fake."));
        }),
        Case("The audit log cannot be read", "source_down", -Days(1), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.LoseLogAsync();
        }),
        Case("Auditing is off, and the log cannot be read", "auditing_off", Days(30), async server =>
        {
            await server.StartAsync(Off);
            await server.LoseLogAsync();
        }),
        Case("Whether SMB1 is served could not be told", "unknown", null, async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.RestartAsync(state: new AuditingState(null, true, "Fake."));
        }),
        Case("Whether SMB1 is audited could not be told", "unknown", -Days(1), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.RestartAsync(state: new AuditingState(true, null, "Fake."));
        }),
        Case("Connections refused are no attempts", "ready", -Days(1), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.RefuseAsync();
        }),
        Case("ReadyAfter of twice as long", "ready", -Days(1), async server =>
        {
            await server.InstallAsync("--Exporter:ReadyAfter=2.00:00:00");
            server.Pass(Days(61));
        }),
        Case("ReadyAfter raised when it was ready", "attempts", Days(29), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(1));
            await server.AttemptAsync();
            server.Pass(Days(31));
            await server.RestartAsync(settings: ["--Exporter:ReadyAfter=2.00:00:00"]);
        }),
        Case("A state file that was damaged", "not_covered", Days(30), async server =>
        {
            await server.InstallAsync();
            server.Pass(Days(31));
            await server.Exporter.StopAsync();
            await File.WriteAllBytesAsync(server.Exporter.StateFile, new byte[4096]);
            await server.InstallAsync();
        }),
    ];

    private static VerdictCase Case(string name, string verdict, TimeSpan? readyIn, Func<Server, Task> happens) => new(name, verdict, readyIn, happens);

    /// <summary>A thirtieth of the shortest ReadyAfter: what is watched is looked at minute by minute.</summary>
    private static TimeSpan Days(int days) => Server.ReadyAfter / 30 * days;

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}

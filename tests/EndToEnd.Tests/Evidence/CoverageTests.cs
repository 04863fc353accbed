using System.Diagnostics;
using System.Globalization;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>Time counts as covered from one proof to the next, and only if nothing changed in between.</summary>
public sealed class CoverageTests
{
    private const string NotAudited = "log level = 1 auth_json_audit:0@";
    private const string Audited = "log level = 1 auth_json_audit:5@";
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(5);

    /// <summary>Covered time is shown in whole seconds.</summary>
    private const double Rounding = 1;

    [Fact]
    public async Task SMB1_that_was_off_and_is_on_again_is_covered_from_then_on_alone()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        await exporter.ThenSeesAsync(seen => seen.Covered >= Noticeable.TotalSeconds, "time is covered");

        await samba.ChangeConfigurationAsync("server min protocol = NT1", "server min protocol = SMB2_02");
        await exporter.ThenSeesAsync(
            seen => seen is { Verdict: Verdicts.Off, Served: false, ServedAnswer: Seen.No, Covered: 0 }, "SMB1 is off, and nothing is covered");

        var passed = Stopwatch.StartNew();
        await samba.ChangeConfigurationAsync("server min protocol = SMB2_02", "server min protocol = NT1");
        var seen = await exporter.ThenIsWatchedAsync();
        Assert.True(seen.Covered <= passed.Elapsed.TotalSeconds + Rounding, $"SMB1 is on for {passed.Elapsed}: {seen}");
        Assert.Equal("not_covered", seen.Verdict);
    }

    [Fact]
    public async Task What_happened_while_the_exporter_was_stopped_is_not_covered()
    {
        await using var site = new Site();
        var clock = new Clock(site["clock"]);
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await StartExporterAsync();
        var before = await exporter.ThenIsWatchedAsync();
        await exporter.EndAsync();

        await samba.ChangeConfigurationAsync(Audited, NotAudited);
        await SmbClient.ConnectAsync(samba, "NT1");
        await samba.ChangeConfigurationAsync(NotAudited, Audited);
        clock.Set(TimeSpan.FromDays(2));
        var passed = Stopwatch.StartNew();
        exporter = await StartExporterAsync();

        var seen = await exporter.ThenSeesAsync(seen => seen is { Served: true, Audited: true, AuditedAnswer: Seen.Yes } && seen.Covered > 0, "it is watched again");
        Assert.Equal("not_covered", seen.Verdict);
        Assert.True(seen.Covered <= before.Covered + Noticeable.TotalSeconds + passed.Elapsed.TotalSeconds + Rounding, $"{before}, and then {seen}");

        Task<ExporterProcess> StartExporterAsync() => site.ExporterAsync(
            clock.Environment, [.. ExporterArguments.ForSamba(site.Folder, samba), EvidenceSteps.AsksAllTheTime, "--Exporter:ReadyAfter=1.00:00:00"]);
    }

    [Fact, Trait(Length.Trait, Length.IsLong)]
    public async Task The_time_from_the_last_proof_to_a_restart_of_smbd_does_not_count_and_what_was_covered_before_stays()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba);
        var before = await WhenNotAskedForSomeTimeAsync(exporter);

        await samba.StopAsync();
        before = before with { Covered = Math.Max(before.Covered, (await exporter.SeeAsync()).Covered) };
        var passed = Stopwatch.StartNew();
        await samba.StartAgainAsync(TestContext.Current.CancellationToken);

        var seen = await exporter.ThenSeesAsync(seen => seen.Covered > before.Covered, "it goes on to be covered");
        Assert.True(seen.Covered - before.Covered <= passed.Elapsed.TotalSeconds + Rounding, $"{before}, then in {passed.Elapsed}: {seen}");
    }

    [Fact, Trait(Length.Trait, Length.IsLong)]
    public async Task Auditing_that_was_off_between_two_looks_leaves_its_time_uncovered()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba);
        var before = await WhenNotAskedForSomeTimeAsync(exporter);

        await samba.ChangeConfigurationAsync(Audited, NotAudited);
        await SmbClient.ConnectAsync(samba, "NT1");
        await samba.ChangeConfigurationAsync(NotAudited, Audited);
        var passed = Stopwatch.StartNew();

        var seen = await exporter.ThenSeesAsync(seen => seen.Covered > before.Covered, "it goes on to be covered");
        Assert.True(seen.Covered - before.Covered <= passed.Elapsed.TotalSeconds + Rounding, $"{before}, then in {passed.Elapsed}: {seen}");
    }

    /// <summary>It asks at its start and then ever more seldom: waits until it has not asked for long enough to tell whether that time counts.</summary>
    private static async Task<Seen> WhenNotAskedForSomeTimeAsync(ExporterProcess exporter)
    {
        var first = await exporter.ThenIsWatchedAsync();
        var last = await exporter.WhenAnsweredAgainAsync(first);
        return await exporter.WhenSeenAsync(
            seen =>
            {
                last = seen.AuditedAt == last.AuditedAt ? last : seen;
                return DateTimeOffset.Parse(last.AuditedAt, CultureInfo.InvariantCulture) + Noticeable < TimeProvider.System.GetUtcNow();
            },
            "the last answer is some time ago");
    }
}

using Smb1Exporter.Probing;
using Smb1Exporter.Tests.Auditing.Samba.Following;
using static Smb1Exporter.Tests.Probing.FakeProc;

namespace Smb1Exporter.Tests.Probing;

public sealed class ListeningSocketFinderTests : IDisposable
{
    private const string Smbd = "/usr/sbin/smbd";
    private const string Loopback445 = "0100007F:01BD";
    private const string Any445 = "00000000:01BD";
    private const string AnyIPv6445 = "00000000000000000000000000000000:01BD";
    private readonly FakeProc _proc = new();

    [LinuxFact]
    public void The_sockets_of_smbd_are_found_on_any_port_and_told_with_its_process()
    {
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10, 11, 12]);
        _proc.WriteTables("self", Row(Loopback445, 10) + Row("00000000:05A5", 11) + Row("00000000:0016", 99) + Row(Loopback445, 12, state: "01"), "");

        var report = Find();

        Assert.Equal(ListeningCertainty.ByProcess, report.Certainty);
        Assert.Equal(["127.0.0.1:445 127.0.0.1:445 4711", "0.0.0.0:1445 127.0.0.1:1445 4711"], report.Sockets.Select(Show));
        Assert.Equal("smbd (process 4711) listens on 127.0.0.1:445, 0.0.0.0:1445.", report.Detail);
    }

    [LinuxFact]
    public void An_smbd_that_was_replaced_on_the_disk_or_bears_another_name_is_found()
    {
        _proc.AddProcess(4711, "smbd", $"{Smbd} (deleted)", sockets: [10]);
        _proc.AddProcess(4712, "fileserver", "/opt/samba/sbin/smbd", sockets: [11]);
        _proc.AddProcess(4713, "smbd", "/usr/bin/qemu-arm", sockets: [12]);
        _proc.WriteTables("self", Row("00000000:2711", 10) + Row("00000000:2712", 11) + Row("00000000:2713", 12), null);

        Assert.Equal([10001, 10002, 10003], Find().Sockets.Select(socket => socket.Bound.Port));
    }

    [LinuxFact]
    public void Without_any_smbd_it_is_certain_that_none_listens()
    {
        _proc.WriteTables("self", Row("00000000:0016", 99), "");

        var report = Find();

        Assert.Equal((ListeningCertainty.ByProcess, "No smbd listens."), (report.Certainty, report.Detail));
        Assert.Empty(report.Sockets);
    }

    [LinuxFact]
    public void A_listener_on_445_that_no_smbd_holds_is_told_as_unknown()
    {
        _proc.AddProcess(4711, "ksmbd.mountd", "/usr/sbin/ksmbd.mountd", sockets: [20]);
        _proc.WriteTables("self", "", Row(AnyIPv6445, 10));

        var report = Find();

        Assert.Equal(ListeningCertainty.ByProcess, report.Certainty);
        Assert.Equal(["[::]:445 [::1]:445 "], report.Sockets.Select(Show));
        Assert.Contains("Unknown listener on [::]:445", report.Detail, StringComparison.Ordinal);
        Assert.Contains("ksmbd", report.Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Without_the_right_to_look_at_smbd_the_usual_ports_stand_for_it()
    {
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10]);
        _proc.Hide(4711);
        _proc.WriteTables("self", Row(Loopback445, 10) + Row("0100007F:008B", 11) + Row("0100007F:05A5", 12), "");

        var report = Find();

        Assert.Equal(ListeningCertainty.ByPort, report.Certainty);
        Assert.Equal(["127.0.0.1:139 127.0.0.1:139 ", "127.0.0.1:445 127.0.0.1:445 "], report.Sockets.Select(Show));
        Assert.Contains("The sockets of smbd (process 4711) may not be looked at; run smb1-exporter as root.", report.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Unknown listener", report.Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Where_other_accounts_processes_are_hidden_it_is_not_certain_that_no_smbd_listens()
    {
        File.Delete(Path.Combine(_proc.Folder, "1/comm"));

        var report = Find();

        Assert.Equal(ListeningCertainty.ByPort, report.Certainty);
        Assert.Contains("hidepid", report.Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void In_a_container_of_its_own_it_is_not_certain_that_no_smbd_listens()
    {
        File.Delete(Path.Combine(_proc.Folder, "self/ns/pid"));
        _proc.Link("self/ns/pid", "pid:[4026532217]");

        var report = Find();

        Assert.Equal(ListeningCertainty.ByPort, report.Certainty);
        Assert.Contains("container", report.Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void A_socket_in_another_network_namespace_is_told_although_it_cannot_be_connected_to()
    {
        const string Other = "net:[4026532999]";
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10]);
        _proc.AddProcess(5711, "smbd", Smbd, network: Other, sockets: [20]);
        _proc.WriteTables("self", Row(Any445, 10), null);
        _proc.WriteTables("5711", Row(Any445, 20), null);

        var report = Find();

        Assert.Equal(["0.0.0.0:445 127.0.0.1:445 4711", "0.0.0.0:445 OtherNetworkNamespace 5711"], report.Sockets.Select(Show));
        Assert.Contains("0.0.0.0:445 of another network namespace", report.Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void A_socket_that_takes_IPv6_alone_on_a_machine_without_IPv6_is_told_as_reached_by_nobody()
    {
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10, 11]);
        _proc.WriteTables("self", Row(Any445, 10), Row(AnyIPv6445, 11), addresses: "");

        var report = Find();

        Assert.Equal(["0.0.0.0:445 127.0.0.1:445 4711", "[::]:445 NoAddress 4711"], report.Sockets.Select(Show));
        Assert.Contains("[::]:445 can be reached by nobody", report.Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void The_other_services_of_a_domain_controller_are_left_out()
    {
        _proc.AddProcess(100, "samba: root pro", "/usr/sbin/samba", sockets: [1, 2]);
        _proc.AddProcess(101, "samba: task[s3f", "/usr/sbin/samba", parent: 100, sockets: [3]);
        _proc.AddProcess(102, "smbd", Smbd, parent: 101, sockets: [3, 4, 5]);
        _proc.AddProcess(103, "samba-dcerpcd", "/usr/libexec/samba/samba-dcerpcd", sockets: [6]);
        _proc.WriteTables(
            "self", Row("00000000:0185", 1) + Row("00000000:C000", 2) + Row("00000000:0087", 3) + Row(Any445, 4) + Row("00000000:C350", 5) + Row("00000000:C001", 6), null);

        Assert.Equal(["0.0.0.0:445 127.0.0.1:445 102", "0.0.0.0:50000 127.0.0.1:50000 102"], Find().Sockets.Select(Show));
    }

    [LinuxFact]
    public void Thousands_of_clients_and_processes_that_end_meanwhile_do_not_hide_smbds_sockets()
    {
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10]);
        _proc.AddProcess(4712, "smbd", Smbd, parent: 4711, state: 'Z');
        foreach (var client in Enumerable.Range(5000, 1500))
        {
            _proc.AddProcess(client, "smbd[10.0.0.1", parent: 4711);
            _proc.Hide(client);
        }

        Directory.CreateDirectory(Path.Combine(_proc.Folder, "9000"));
        _proc.WriteTables("self", Row(Loopback445, 10), null);

        var report = Find();

        Assert.Equal((ListeningCertainty.ByProcess, "127.0.0.1:445 127.0.0.1:445 4711"), (report.Certainty, Show(Assert.Single(report.Sockets))));
    }

    [LinuxTheory]
    [InlineData("/usr/sbin/smbd --foreground --no-process-group", null)]
    [InlineData("/usr/sbin/smbd -D -s /srv/two/smb.conf", "/srv/two/smb.conf")]
    [InlineData("/usr/sbin/smbd -Fs/srv/two/smb.conf -l /var/log", "/srv/two/smb.conf")]
    [InlineData("/usr/sbin/smbd --configfile=/srv/two/smb.conf", "/srv/two/smb.conf")]
    [InlineData("/usr/sbin/smbd --configfile two/smb.conf", "/srv/two/smb.conf")]
    public void The_configuration_that_a_server_was_started_with_is_told(string commandLine, string? config)
    {
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10]);
        _proc.Write("4711/cmdline", commandLine.Replace(' ', '\0') + "\0");
        _proc.Link("4711/cwd", "/srv");
        _proc.WriteTables("self", Row(Loopback445, 10), null);

        Assert.Equal([new ListeningServer(4711, config, IsForeign: false)], Find().Servers);
    }

    [LinuxFact]
    public void The_configuration_of_a_process_that_root_did_not_start_is_not_told()
    {
        // Any account can name a program smbd, and smb.conf can name programs to run.
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10], user: 1000);
        _proc.Write("4711/cmdline", "smbd\0-s\0/home/mallory/smb.conf\0");
        _proc.WriteTables("self", Row(Loopback445, 10), null);

        Assert.Equal([new ListeningServer(4711, null, IsForeign: true)], Find().Servers);
    }

    [LinuxFact]
    public void A_server_in_a_container_is_told_as_such()
    {
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10]);
        File.Delete(Path.Combine(_proc.Folder, "4711/ns/pid"));
        _proc.Link("4711/ns/pid", "pid:[4026532217]");
        _proc.WriteTables("self", Row(Loopback445, 10), null);

        Assert.True(Assert.Single(Find().Servers).IsForeign);
    }

    [LinuxFact]
    public void A_list_of_sockets_that_cannot_be_read_to_its_end_leaves_a_doubt()
    {
        _proc.AddProcess(4711, "smbd", Smbd, sockets: [10]);
        _proc.WriteTables("self", Row(Loopback445, 10) + "cut", null);

        var report = Find();

        Assert.Equal(ListeningCertainty.NotKnown, report.Certainty);
        Assert.Equal(["127.0.0.1:445 127.0.0.1:445 4711"], report.Sockets.Select(Show));
        Assert.Contains("could not be read to its end", report.Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Without_lists_of_sockets_nothing_is_known()
    {
        Directory.Delete(Path.Combine(_proc.Folder, "self/net"), recursive: true);

        Assert.Equal(ListeningCertainty.NotKnown, Find().Certainty);
    }

    [LinuxFact]
    public void Without_proc_nothing_is_known() =>
        Assert.Equal(
            ListeningCertainty.NotKnown,
            new ListeningSocketFinder(new ProcessList("/nonexistent"), TimeProvider.System).Find(TestContext.Current.CancellationToken).Certainty);

    public void Dispose() => _proc.Dispose();

    private static string Show(ListeningSocket socket) =>
        $"{socket.Bound} {(socket.Ask is { } ask ? ask : socket.Access)} {string.Join(',', socket.ProcessIds)}";

    private ListeningReport Find() =>
        new ListeningSocketFinder(new ProcessList(_proc.Folder), TimeProvider.System).Find(TestContext.Current.CancellationToken);
}

using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>What logrotate does to the audit log. Each configuration was tried with "logrotate -d -f" 3.21.</summary>
public sealed class LogrotateTests : IDisposable
{
    private const string Log = "/var/log/samba/auth_audit.log";
    private readonly TemporaryFolder _folder = new();

    public LogrotateTests() => Directory.CreateDirectory(_folder["logrotate.d"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/var/log/samba/auth_audit.log {\n copytruncate\n}\n", true)]
    [InlineData("/var/log/samba/auth_audit.log { copytruncate }\n", true)]
    [InlineData("/var/log/samba/auth_audit.log\n{\n weekly\n copytruncate }\n", true)]
    [InlineData("/var/log/other.log\n/var/log/samba/auth_audit.log\n{\n copytruncate\n}\n", true)]
    [InlineData("/var/log/other.log \"/var/log/samba/auth_audit.log\" {\n copytruncate\n}\n", true)]
    [InlineData("'/var/log/samba/auth_audit.log' {\n copytruncate # to be quick\n}\n", true)]
    [InlineData("/var/log/samba/*log* {\n rotate=4\n copytruncate\n}\n", true)]
    [InlineData("/var/log/*/auth_?udit.[k-m]og {\r\n\tcopytruncate\r\n}\r\n", true)]
    [InlineData("copytruncate\n/var/log/samba/auth_audit.log {\n}\n", true)]
    [InlineData("/var/log/samba/auth_audit.log {\n postrotate\n  }\n endscript\n copytruncate\n}\n", true)]
    [InlineData("copytruncate\n/var/log/samba/auth_audit.log {\n nocopytruncate\n}\n", false)]
    [InlineData("/var/log/samba/auth_audit.log {\n create\n}\ncopytruncate\n", false)]
    [InlineData("/var/log/samba/auth_audit.log {\n # copytruncate\n}\n", false)]
    [InlineData("/var/log/samba/auth_audit.log {\n postrotate\n copytruncate\n endscript\n}\n", false)]
    [InlineData("/var/log/samba/auth_audit.log {\n}\n/var/log/samba/*.log {\n copytruncate\n}\n", false)]
    [InlineData("/var/log/samba/log.* {\n copytruncate\n}\n", false)]
    [InlineData("/var/log/*log* {\n copytruncate\n}\n", false)]
    [InlineData("/var/log/samba/auth_audit.[!l]og {\n copytruncate\n}\n", false)]
    [InlineData("/var/log/samba/auth_audit.log* {\n", false)]
    [InlineData("", false)]
    public void A_log_that_is_copied_and_truncated_is_found(string conf, bool found)
    {
        File.WriteAllText(_folder["logrotate.d/samba"], conf);

        var fault = Files.FindCopyTruncate(Log);

        Assert.Equal(found, fault is not null);
        if (found)
        {
            Assert.Contains(_folder["logrotate.d/samba"], fault, StringComparison.Ordinal);
            Assert.Contains("nocopytruncate", fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/var/log/samba/%m", "/var/log/samba/*", true)]
    [InlineData("/var/log/samba/%m.%U", "/var/log/samba/*a*b?", true)]
    [InlineData("/var/log/samba/%m", "/var/log/samba*", false)]
    [InlineData("/var/log/samba/log.%m", "/var/log/samba/log.* ", true)]
    [InlineData("/var/log/samba/log.%m", "/var/log/samba/log.smbd", true)]
    [InlineData("/var/log/samba/log.%m", "/var/log/samba/*.log", true)]
    [InlineData("/var/log/samba/log.%m", "/var/log/samba/audit.*", false)]
    [InlineData("/var/log/samba/%U-%m.json", "/var/log/samba/*.log", false)]
    public void A_log_with_a_file_for_each_client_is_found_by_any_of_them(string log, string glob, bool found)
    {
        File.WriteAllText(_folder["logrotate.d/samba"], $"{glob} {{\n copytruncate\n}}\n");

        Assert.Equal(found, Files.FindCopyTruncate(log) is not null);
    }

    [Fact]
    public void Options_outside_of_blocks_hold_for_what_is_included_later()
    {
        File.WriteAllText(_folder["logrotate.conf"], $"# global\nweekly\ncopytruncate\ninclude {_folder["logrotate.d"]}\n");
        File.WriteAllText(_folder["logrotate.d/samba"], $"{Log} {{\n}}\n");

        Assert.NotNull(Files.FindCopyTruncate(Log));

        File.WriteAllText(_folder["logrotate.conf"], $"include {_folder["logrotate.d"]}\ncopytruncate\n");

        Assert.Null(Files.FindCopyTruncate(Log));
    }

    [Fact]
    public void The_first_of_two_blocks_counts_as_logrotate_has_it()
    {
        File.WriteAllText(_folder["logrotate.d/b"], $"{Log} {{\n copytruncate\n}}\n");
        Assert.NotNull(Files.FindCopyTruncate(Log));

        File.WriteAllText(_folder["logrotate.d/a"], $"{Log} {{\n create\n}}\n");
        Assert.Null(Files.FindCopyTruncate(Log));
    }

    [Fact]
    public void What_logrotate_leaves_out_or_nobody_can_read_is_passed_over()
    {
        File.WriteAllText(_folder["logrotate.conf"], $"include {_folder["logrotate.conf"]}\ninclude {_folder["none"]}\ninclude\n");
        File.WriteAllText(_folder["logrotate.d/samba.rpmsave"], $"{Log} {{\n copytruncate\n}}\n");
        Directory.CreateDirectory(_folder["logrotate.d/old"]);

        Assert.Null(Files.FindCopyTruncate(Log));
        Assert.Null(new LogrotateFiles(_folder["none"], _folder["none"]).FindCopyTruncate(Log));
    }

    [Fact]
    public void The_file_that_Red_Hat_and_Fedora_ship_is_found()
    {
        var conf = File.ReadAllText(Repository.PathOf("tests", "EndToEnd.Tests", "FieldCases", "Samples", "redhat-logrotate.conf"))
            .Replace("@FOLDER@", "/var/log/samba", StringComparison.Ordinal);
        File.WriteAllText(_folder["logrotate.d/samba"], conf);

        Assert.NotNull(Files.FindCopyTruncate(Log));
    }

    private LogrotateFiles Files => new(_folder["logrotate.conf"], _folder["logrotate.d"]);
}

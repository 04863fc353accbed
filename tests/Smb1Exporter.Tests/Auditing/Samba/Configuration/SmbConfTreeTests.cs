using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>What is found in a configuration and all that it includes, and what of it only some clients meet.</summary>
public sealed class SmbConfTreeTests : IDisposable
{
    private const string Audited = "1 auth_json_audit:5@/var/log/samba/audit";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_last_level_is_in_force_in_whatever_file_it_stands()
    {
        Write("one.conf", "log level = 1");
        Write("two.conf", "# a comment", "", "debuglevel = 2");
        Write("smb.conf", "[global]", $"include = {_folder["one.conf"]}", "log level = 3", $"include = {_folder["two.conf"]}", "[share]", "log level = 4");

        var level = Read().LogLevel!;

        Assert.Equal(("2", _folder["two.conf"], 3), (level.Value, level.Place.File, level.Place.Line));
    }

    [Fact]
    public void A_section_goes_on_in_an_included_file_and_behind_it()
    {
        Write("share.conf", "log level = 5", "[other]");
        Write("smb.conf", "[share]", $"include = {_folder["share.conf"]}", "log level = 6");
        Assert.Null(Read().LogLevel);

        Write("smb.conf", "[global]", $"include = {_folder["share.conf"]}", "log level = 6");
        Assert.Equal("5", Read().LogLevel?.Value);
    }

    [Theory]
    [InlineData("%I.conf", "10.0.0.7.conf")]
    [InlineData("%m.conf", "printer.conf")]
    [InlineData("conf.%M", "conf.printer.example")]
    [InlineData("smb-%R.conf", "smb-NT1.conf")]
    [InlineData("%a/%U", "WinXP/alice")]
    [InlineData("%i-%d-%T", "10.0.0.1-4711-now")]
    [InlineData("%I/more.conf", "10.0.0.7/more.conf")]
    public void A_level_that_only_some_clients_meet_is_told_with_its_place(string include, string file)
    {
        Write(file, "; first", "log level = 0");
        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder[include]}");

        var unseen = PerClientConfiguration.FindUnseen(Read());

        Assert.Contains($"In {_folder["smb.conf"]}, line 3, \"include = {_folder[include]}\" may lead", unseen, StringComparison.Ordinal);
        Assert.Contains($"{_folder[file]}, line 2 sets \"log level\"", unseen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log level = 0")]
    [InlineData("Debug Level = 0")]
    [InlineData("log file = /elsewhere")]
    [InlineData("logging = syslog")]
    [InlineData("syslog only = yes")]
    [InlineData("max log size = 1")]
    [InlineData("unix charset = CP850")]
    [InlineData("root = /srv")]
    [InlineData("root dir = /srv")]
    [InlineData("root directory = /srv")]
    [InlineData("server min protocol = NT1")]
    [InlineData("min protocol = NT1")]
    [InlineData("protocol = NT1")]
    [InlineData("config file = /etc/samba/other.conf")]
    [InlineData("include = registry")]
    [InlineData("log level = 1 auth_json_audit:5@/elsewhere")]
    [InlineData("[share]\n[global]\nlog level = 0")]
    public void What_decides_about_the_audit_matters(string line) => Assert.NotEqual("", UnseenWith(line));

    [Theory]
    [InlineData("")]
    [InlineData("# log level = 0")]
    [InlineData("hosts allow = 10.0.0.0/8")]
    [InlineData("workgroup = OTHER")]
    [InlineData("[share]\npath = /srv\nlog level = 0")]
    [InlineData("log level = " + Audited)]
    [InlineData("debuglevel = 2 auth_json_audit:7@/var/log/samba/audit")]
    public void What_does_not_is_passed_over(string line) => Assert.Equal("", UnseenWith(line));

    [Fact]
    public void A_file_that_one_of_them_includes_counts_too()
    {
        Write("deep.conf", "log level = 0");
        Write("pc.conf", $"include = {_folder["deep.conf"]}");
        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder["p%m.conf"]}");

        Assert.Contains($"{_folder["deep.conf"]}, line 1", PerClientConfiguration.FindUnseen(Read()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_substitution_in_an_included_file_counts_too()
    {
        Write("all.conf", $"include = {_folder["clients/%m"]}");
        Write("clients/pc", "log level = 0");
        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder["all.conf"]}");

        var unseen = PerClientConfiguration.FindUnseen(Read());

        Assert.Contains($"In {_folder["all.conf"]}, line 1, ", unseen, StringComparison.Ordinal);
        Assert.Contains(_folder["clients/pc"], unseen, StringComparison.Ordinal);
    }

    [Fact]
    public void What_all_clients_meet_anyway_is_no_difference()
    {
        Write("all.conf", "log level = 1", "server min protocol = NT1");
        Write("smb.conf.smb1-exporter-backup-20261128T000000Z", "[global]", "log level = 1");
        Write(
            "smb.conf", "[global]", $"include = {_folder["%m.conf"]}", $"include = {_folder["smb.conf.%m"]}", $"include = {_folder["all.conf"]}",
            $"log level = {Audited}");

        Assert.Equal("", PerClientConfiguration.FindUnseen(Read()));
    }

    [Fact]
    public void A_star_in_a_name_is_only_a_star()
    {
        Write("pc.conf", "log level = 0");
        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder["*.conf"]}");

        Assert.Equal("", PerClientConfiguration.FindUnseen(Read()));
    }

    [Fact]
    public void Another_configuration_for_some_clients_is_told_whatever_it_sets()
    {
        Write("smb.conf.pc", "[global]", "workgroup = A");
        Write("smb.conf", "[global]", $"log level = {Audited}", $"config file = {_folder["smb.conf.%m"]}");

        Assert.Contains($"{_folder["smb.conf.pc"]} takes the place of the whole", PerClientConfiguration.FindUnseen(Read()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told()
    {
        Directory.CreateDirectory(_folder["pc.conf"]);
        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder["p%m.conf"]}");

        var unseen = PerClientConfiguration.FindUnseen(Read());

        Assert.Contains($"{_folder["pc.conf"]} cannot be read (it is a directory, not a regular file)", unseen, StringComparison.Ordinal);
    }

    [Fact]
    public void More_files_than_are_read_are_told()
    {
        for (var i = 0; i <= SmbConfTree.MostMatches; i++)
        {
            Write($"clients/{i}", "");
        }

        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder["clients/%m"]}");

        Assert.Contains("more than 500 files match", PerClientConfiguration.FindUnseen(Read()), StringComparison.Ordinal);
    }

    [Fact]
    public void Host_version_and_environment_are_the_same_for_all()
    {
        var known = new SmbConfSubstitutions("nas.example", "4.17", new Dictionary<string, string> { ["SITE"] = "a" }, _folder.Path);
        foreach (var file in (string[])["nas", "4.17", "a", "other"])
        {
            Write(file, $"log level = {file}");
        }

        foreach (var (include, level) in ((string, string)[])[(_folder["%h"], "nas"), ("%v", "4.17"), (_folder["%$(SITE)"], "a"), (_folder["%$(NONE)"], "0")])
        {
            Write("smb.conf", "[global]", "log level = 0", $"include = {include}");
            var tree = SmbConfTree.Read(_folder["smb.conf"], known);
            Assert.Equal(level, tree.LogLevel?.Value);
            Assert.Equal(("", false), (PerClientConfiguration.FindUnseen(tree), tree.IsOpaque));
        }
    }

    [Fact]
    public void A_variable_that_is_not_known_leaves_open_what_is_in_force()
    {
        Write("a.conf", "log level = 0");
        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder["%$(SITE).conf"]}");

        var tree = Read();

        Assert.True(tree.IsOpaque);
        Assert.True(tree.DependsOnProcess);
        Assert.Contains(_folder["a.conf"], PerClientConfiguration.FindUnseen(tree), StringComparison.Ordinal);
        Assert.Contains("which is not known", PerClientConfiguration.FindUnseen(tree), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_include_each_other_come_to_an_end()
    {
        Write("a.conf", $"include = {_folder["b.conf"]}", "log level = 1");
        Write("b.conf", $"include = {_folder["a.conf"]}", $"include = {_folder["%m.conf"]}", "log level = 2");
        Write("smb.conf", "[global]", $"include = {_folder["a.conf"]}");

        Assert.Equal("1", Read().LogLevel?.Value);
    }

    [Fact]
    public void A_chain_of_files_that_is_too_long_is_told()
    {
        for (var i = 0; i < 20; i++)
        {
            Write($"p{i}", $"include = {_folder[$"p{i + 1}"]}");
        }

        Write("smb.conf", "[global]", $"include = {_folder["p0"]}");
        Assert.True(Read().IsOpaque);
        Write("smb.conf", "[global]", $"include = {_folder["%m0"]}");
        Assert.Contains("10 times over", PerClientConfiguration.FindUnseen(Read()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UTF-8", true)]
    [InlineData("utf8", true)]
    [InlineData("UTF8-MAC", true)]
    [InlineData("UTF-8-MAC", true)]
    [InlineData("UTF-8//TRANSLIT", true)]
    [InlineData("ISO-10646/UTF8/", true)]
    [InlineData("UTF-16LE", false)]
    [InlineData("UTF-7", false)]
    [InlineData("ISO8859-15", false)]
    [InlineData("CP850", false)]
    [InlineData("ASCII", false)]
    [InlineData("LOCALE", false)]
    public void UTF_8_is_known_by_all_its_names(string charset, bool isUtf8) => Assert.Equal(isUtf8, SambaCharset.IsUtf8(charset));

    private string UnseenWith(string line)
    {
        Write("pc.conf", line);
        Write("smb.conf", "[global]", $"log level = {Audited}", $"include = {_folder["p%m.conf"]}");
        return PerClientConfiguration.FindUnseen(Read());
    }

    private SmbConfTree Read() => SmbConfTree.Read(_folder["smb.conf"], SmbConfSubstitutions.OfHost);

    private void Write(string name, params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], string.Join('\n', lines));
    }
}

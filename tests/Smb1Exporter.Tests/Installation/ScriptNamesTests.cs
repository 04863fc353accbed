using Smb1Exporter.Commands;
using Smb1Exporter.Configuration;
using Smb1Exporter.Counting;
using Smb1Exporter.Hosting;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Installation;

/// <summary>The names in the scripts are those of the program and of the README.</summary>
public sealed class ScriptNamesTests
{
    public static TheoryData<string> Scripts => InstallScript.Names;

    [Theory]
    [MemberData(nameof(Scripts))]
    public void They_are_those_of_the_program(string name)
    {
        var script = InstallScript.Read(name);
        Assert.Equal(WindowsService.Name, script.Constant("ServiceName"));
        Assert.Equal(WindowsService.EventSource, script.Constant("EventSource"));
        Assert.Equal($"{typeof(CommandLine).Assembly.GetName().Name}.exe", script.Constant("ProgramName"));
        Assert.Equal(CountingOptions.StateFolderName, script.Constant("StateFolderName"));
        Assert.Equal(CountingOptions.StateFolderName, Path.GetFileName(Path.GetDirectoryName(new CountingOptions().StateFile)));
        Assert.Contains("$StateFolder = Join-Path -Path $env:ProgramData -ChildPath $StateFolderName", script.Text, StringComparison.Ordinal);
        Assert.Equal(ConfigurationSources.FileName, script.Constant("SettingsName"));
        Assert.Contains(@"\EventLog\Application\$EventSource", script.Text, StringComparison.Ordinal);
        Assert.Equal("e_sqlite3.dll", script.Constant("LibraryName"));
        Assert.Equal(InstallScript.Uninstall, script.Constant("UninstallerName"));
    }

    [Fact]
    public void The_addresses_are_those_of_the_program()
    {
        var script = InstallScript.Read(InstallScript.Install);
        Assert.Equal(ExporterHost.DefaultUrl, $"http://{script.Default("Address")}:{script.Default("Port")}");
        Assert.Equal(ExporterEndpoints.HealthPath, script.Constant("HealthPath"));
    }

    [Fact]
    public void Both_scripts_agree()
    {
        var install = InstallScript.Read(InstallScript.Install);
        var uninstall = InstallScript.Read(InstallScript.Uninstall);
        string[] names =
        [
            "ServiceName", "EventSource", "RuleName", "ProgramName", "LibraryName", "UninstallerName", "SettingsName", "InstallFolderName", "StateFolderName",
            "BundleFolderName",
        ];
        Assert.All(names, name => Assert.Equal(install.Constant(name), uninstall.Constant(name)));
        Assert.All(["Test-Administrator", "Get-ExporterState", "Invoke-Step", "Wait-Condition"], name => Assert.Equal(Function(install, name), Function(uninstall, name)));
    }

    [Fact]
    public void The_README_tells_the_same()
    {
        var readme = Repository.Read("README.md");
        var section = readme.Split("\n## ").Single(part => part.StartsWith("Install the exporter on Windows\n", StringComparison.Ordinal));
        var install = InstallScript.Read(InstallScript.Install);
        Assert.All(install.Ast.ParamBlock.Parameters, parameter =>
            Assert.Contains($"| `-{parameter.Name.VariablePath.UserPath}` |", section, StringComparison.Ordinal));
        string[] told =
        [
            $@"%ProgramData%\{install.Constant("StateFolderName")}", $@"C:\Program Files\{install.Constant("InstallFolderName")}", install.Default("Port"),
            install.Constant("SettingsName"), install.Constant("BundleFolderName"), install.Constant("BundleVariable"),
            install.Constant("EventSource"), "uninstall.ps1", "-RemoveState",
        ];
        Assert.All(told, text => Assert.Contains(text, section, StringComparison.Ordinal));
    }

    private static string Function(InstallScript script, string name) =>
        Assert.Single(script.Functions, function => function.Name == name).Extent.Text;
}

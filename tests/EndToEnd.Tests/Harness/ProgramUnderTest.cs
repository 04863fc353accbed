using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>The two programs, for what both must do alike.</summary>
public enum ProgramUnderTest
{
    Exporter,
    Receiver,
}

internal static class ProgramsUnderTest
{
    /// <summary>The name it is known by: it begins its messages.</summary>
    public static string Name(this ProgramUnderTest program) =>
        program == ProgramUnderTest.Exporter ? "smb1-exporter" : "smb1-ticket-receiver";

    public static string FilePath(this ProgramUnderTest program) =>
        program == ProgramUnderTest.Exporter ? Programs.Exporter(Programs.PreferredBuild) : Programs.Receiver;

    /// <summary>The setting that names the file in which it stores.</summary>
    public static string StoreSetting(this ProgramUnderTest program) =>
        program == ProgramUnderTest.Exporter ? "Exporter:StateFile" : "Receiver:Database";

    /// <summary>A command line with which it runs.</summary>
    public static IReadOnlyList<string> ValidArguments(this ProgramUnderTest program, string storeFile, string inputFolder)
    {
        if (program == ProgramUnderTest.Receiver)
        {
            return [$"--Receiver:Database={storeFile}"];
        }

        var log = Path.Combine(inputFolder, "audit.log");
        if (!File.Exists(log))
        {
            new AuditLogWriter(log, TimeProvider.System).WriteConnection("10.0.0.1", 1);
        }

        return
        [
            "--Exporter:Source=Samba", $"--Exporter:Samba:AuditLog={log}", "--Exporter:EnableAuditing=false", "--Exporter:OwnConnections=Off", "--Exporter:BirthHold=00:00:00",
            $"--Exporter:StateFile={storeFile}",
        ];
    }

    /// <summary>Starts it and waits until it answers on <paramref name="port"/>.</summary>
    public static async Task<ChildProcess> StartServingAsync(this ProgramUnderTest program, IEnumerable<string> arguments, int port)
    {
        var started = ChildProcess.Start(program.FilePath(), [.. arguments, "--urls", $"http://127.0.0.1:{port}"]);
        using var http = new HttpClient();
        await Eventually.GetAsync(
            async () => started.HasExited || await AnswersAsync(http, port), done => done, $"{program.Name()} answers");
        Assert.False(started.HasExited, started.Output);
        return started;
    }

    /// <summary>Starts it without root's right to pass over file modes, so that they bind it as they bind a service account.</summary>
    public static ChildProcess StartBoundByFileModes(this ProgramUnderTest program, IEnumerable<string> arguments) =>
        Environment.IsPrivilegedProcess
            ? ChildProcess.Start("setpriv", ["--bounding-set=-dac_override,-dac_read_search", program.FilePath(), .. arguments])
            : ChildProcess.Start(program.FilePath(), arguments);

    private static async Task<bool> AnswersAsync(HttpClient http, int port)
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/-/healthy"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

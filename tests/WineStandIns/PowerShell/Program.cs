using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;
using Smb1Exporter.WineStandIns.PowerShell;

// Stands in for Windows PowerShell 5.1 under Wine, whose own powershell.exe runs nothing. The engine is that of PowerShell 7 with its
// core cmdlets: it really parses and runs the command, and loads the module SmbShare that lies beside this program. What it is to
// play is said by the folder that SMB1_STANDIN names (see Modules/SmbShare/SmbShare.psm1); what was asked of it is written there to
// powershell.log.

// Under Wine the collector now and then ends a .NET program over a generated method; this one is done before it needs to collect.
GC.TryStartNoGCRegion(200_000_000);

const int BadCommandLine = unchecked((int)0xFFFD0000);
const int AccessViolation = unchecked((int)0xC0000005);

var folder = Environment.GetEnvironmentVariable("SMB1_STANDIN") is { Length: > 0 } named ? named : @"C:\smb1-standin";
await LogAsync($"{Environment.ProcessId} {CommandLine.Raw}");

string command;
try
{
    command = CommandLine.CommandOf(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return BadCommandLine;
}

var fault = Fault();
switch (fault)
{
    case "silent":
        return 0;
    case "crash":
        return AccessViolation;
    case "hang":
        await Task.Delay(TimeSpan.FromHours(1));
        return 0;
    case "slow":
        await Task.Delay(TimeSpan.FromSeconds(3));
        break;
    case "module-missing":
        // $PSHOME is a constant, so the command gets another: there it finds no modules.
        command = command.Replace("$PSHOME", "'C:\\nowhere'", StringComparison.OrdinalIgnoreCase);
        break;
}

// The engine would tell Microsoft that it was started.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
var state = InitialSessionState.CreateDefault2();
state.ExecutionPolicy = fault == "execution-policy" ? ExecutionPolicy.Restricted : ExecutionPolicy.RemoteSigned;

var host = new ConsoleHost();
using var runspace = RunspaceFactory.CreateRunspace(host, state);
runspace.Open();
if (fault == "constrained")
{
    // Where a policy locks Windows down, its own modules still run in full language; this one only does when loaded before.
    using var import = PowerShell.Create(runspace);
    import.AddScript(@"$env:PSModulePath = $PSHOME + '\Modules'; Import-Module SmbShare").Invoke();
    runspace.SessionStateProxy.LanguageMode = PSLanguageMode.ConstrainedLanguage;
}

using var shell = PowerShell.Create(runspace);
var output = new List<PSObject>();
var succeeded = false;
try
{
    // The line behind keeps whether the last statement succeeded: that is the exit code.
    shell.AddScript(command + "\n$succeeded = $?").Invoke(null, output);
    succeeded = runspace.SessionStateProxy.GetVariable("succeeded") is true;
}
catch (RuntimeException e)
{
    Tell(e.ErrorRecord);
}

foreach (var error in shell.Streams.Error)
{
    Tell(error);
}

var text = string.Concat(output.Select(value => value + Environment.NewLine));
Console.Out.Write(fault == "garbage" ? text[..(text.Length / 2)] : text);
return host.ExitCode ?? (succeeded ? 0 : 1);

string Fault()
{
    const string Key = "fault=";
    var line = File.ReadLines(Path.Combine(folder, "smbserver.txt")).Single(line => line.StartsWith(Key, StringComparison.Ordinal));
    return line[Key.Length..];
}

static void Tell(ErrorRecord error)
{
    Console.Error.WriteLine(error);
    Console.Error.WriteLine($"    + CategoryInfo          : {error.CategoryInfo}");
    Console.Error.WriteLine($"    + FullyQualifiedErrorId : {error.FullyQualifiedErrorId}");
}

// Others may be writing: it is tried again until the file is free.
async Task LogAsync(string line)
{
    for (var attempt = 1; ; attempt++)
    {
        try
        {
            await using var log = new StreamWriter(
                new FileStream(Path.Combine(folder, "powershell.log"), FileMode.Append, FileAccess.Write, FileShare.Read));
            await log.WriteLineAsync(line);
            return;
        }
        catch (IOException) when (attempt < 100)
        {
            await Task.Delay(20);
        }
    }
}

using System.Runtime.InteropServices;

namespace Smb1Exporter.WineStandIns.PowerShell;

/// <summary>
/// The arguments as powershell.exe 5.1 reads them, as far as the exporter may use them; anything else is refused, so that nothing
/// passes here that is not carried out.
/// </summary>
internal static partial class CommandLine
{
    /// <summary>The command line as Windows has it, quotes and all; Environment.CommandLine is a copy made from the arguments.</summary>
    public static string Raw => Marshal.PtrToStringUni(GetCommandLine())!;

    /// <summary>The command to run.</summary>
    /// <exception cref="ArgumentException">The arguments are wrong, or allow a profile to run or a question to be asked.</exception>
    public static string CommandOf(string[] arguments)
    {
        var switches = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i].ToUpperInvariant())
            {
                case "-NOLOGO" or "-NOPROFILE" or "-NONINTERACTIVE":
                    switches.Add(arguments[i]);
                    break;
                case "-OUTPUTFORMAT" when i + 1 < arguments.Length && arguments[i + 1].Equals("Text", StringComparison.OrdinalIgnoreCase):
                case "-EXECUTIONPOLICY" when i + 1 < arguments.Length && arguments[i + 1].Equals("Bypass", StringComparison.OrdinalIgnoreCase):
                    i++;
                    break;
                case "-COMMAND" when i + 1 < arguments.Length:
                    return switches.IsSupersetOf(["-NoProfile", "-NonInteractive"])
                        ? string.Join(' ', arguments[(i + 1)..])
                        : throw new ArgumentException(
                            "Without -NoProfile and -NonInteractive, a profile may run and a question may be asked");
                case "-FILE" when i + 1 < arguments.Length:
                    return CallOf(arguments[i + 1], arguments[(i + 2)..]);
                default:
                    throw new ArgumentException($"Not understood: {arguments[i]}");
            }
        }

        throw new ArgumentException("There is no -Command and no -File");
    }

    /// <summary>A script with the arguments as they are: what begins with a hyphen names a parameter, the rest are texts.</summary>
    private static string CallOf(string script, string[] arguments) => string.Join(
        ' ', arguments.Select(argument => argument.StartsWith('-') ? argument : Quoted(argument)).Prepend($"& {Quoted(script)}"))
        + "; if ($?) { exit 0 } elseif ($LASTEXITCODE) { exit $LASTEXITCODE } else { exit 1 }";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [LibraryImport("kernel32", EntryPoint = "GetCommandLineW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint GetCommandLine();
}

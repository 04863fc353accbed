using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// Why a run of <see cref="SmbServerScript"/> brought nothing, told by error numbers and ids (never by localised text), with the remedy.
/// </summary>
internal static class SmbServerFault
{
    private const string ByHand =
        "In Windows PowerShell as an administrator, try: Set-SmbServerConfiguration -AuditSmb1Access $true -Force;"
        + " (Get-SmbServerConfiguration).AuditSmb1Access (True: auditing is on)";

    /// <summary>So many characters of what PowerShell printed are shown.</summary>
    private const int LongestShown = 200;

    // winerror.h
    private const int FileNotFound = 2;
    private const int PathNotFound = 3;
    private const int AccessDenied = 5;
    private const int AccessDisabledByPolicy = 1260;
    private const int AccessDisabledNoSaferUiByPolicy = 786;
    private const int SystemIntegrityPolicyViolation = 4551;
    private const int ServerServiceNotStarted = 2114;
    private const int DependentServiceNotActive = 1062;
    private const int HResultAccessDenied = unchecked((int)0x80070005);

    // wbemcli.h: invalid namespace, invalid class, provider load failure, provider not found.
    private static readonly int[] ManagementErrors =
        [unchecked((int)0x8004100E), unchecked((int)0x80041010), unchecked((int)0x80041013), unchecked((int)0x80041002)];

    private static readonly string[] NoCmdlet =
        ["CommandNotFoundException", "CouldNotAutoloadMatchingModule", "CouldNotAutoLoadModule", "CmdletNotFoundException"];

    /// <summary>powershell.exe did not run to its end, or printed nothing that could be understood.</summary>
    public static string OfRun(string program, ProcessResult result, TimeSpan timeLimit) => result switch
    {
        { StartError: FileNotFound or PathNotFound } =>
            $"{program} is not there. Windows PowerShell is part of Windows; install the feature again, or repair Windows (sfc /scannow).",
        { StartError: AccessDisabledByPolicy or AccessDisabledNoSaferUiByPolicy or SystemIntegrityPolicyViolation } =>
            $"A policy (AppLocker, WDAC or software restriction) forbids {program} (error {result.StartError}). Allow it for this account, or {Lower(ByHand)}",
        { StartError: AccessDenied } =>
            $"This account may not start {program} (error 5): its rights or a security product forbid it. Run the service as LocalSystem, or {Lower(ByHand)}",
        { StartError: { } error } => $"{program} could not be started (error {error}). {ByHand}",
        { ExitCode: null } =>
            $"{program} did not end within {timeLimit.TotalSeconds:0} s and was stopped. Usually WMI hangs: see that Get-SmbServerConfiguration answers"
            + " in a console, and restart the service Winmgmt if it does not.",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{program} ended with exit code {Code(result.ExitCode)} and without an answer ({Printed(result)}); that proves nothing about auditing."
            + $" See whether a policy or security product keeps PowerShell from running commands. {ByHand}"),
    };

    /// <summary>The cmdlet threw.</summary>
    public static string OfError(SmbServerReply reply)
    {
        var found = string.Create(
            CultureInfo.InvariantCulture, $"{OnOneLine(reply.Error!)}, category {OnOneLine(reply.Category)}, 0x{reply.HResult:x8}");
        var code = SystemError(reply);
        return (reply.Error, reply.Category) switch
        {
            (_, "SecurityError") =>
                $"A policy forbids PowerShell to load the module SmbShare ({found}). Allow Windows' own modules (execution policy RemoteSigned, AppLocker), or {Lower(ByHand)}",
            _ when code == AccessDenied || reply.HResult == HResultAccessDenied || reply.Category == "PermissionDenied" =>
                $"This account lacks the rights to the SMB server configuration ({found}). Run the service as LocalSystem, or the program as an administrator.",
            _ when reply.Error!.StartsWith("Modules_", StringComparison.Ordinal) || NoCmdlet.Contains(reply.Error) =>
                $"The module SmbShare with Get-SmbServerConfiguration is not there or cannot be loaded ({found}). It comes with Windows 8, Windows Server 2012"
                + " and later: see what Import-Module SmbShare says in Windows PowerShell, and repair Windows (sfc /scannow).",
            ("NamedParameterNotFound", _) => NoSuchSetting,
            _ when code is ServerServiceNotStarted or DependentServiceNotActive =>
                $"The Server service does not run, so there is no SMB server to ask ({found}). Start it with sc.exe start LanmanServer (or Start-Service LanmanServer in PowerShell).",
            _ when ManagementErrors.Contains(reply.HResult) || IsManagementError(reply.Error!) =>
                $"WMI does not answer for the SMB server ({found}). Check it: winmgmt /verifyrepository, and restart the service Winmgmt.",
            _ => $"The SMB server configuration could not be used ({found}). {ByHand}",
        };
    }

    /// <summary>The configuration has no AuditSmb1Access.</summary>
    public const string NoSuchSetting =
        "This Windows does not know the setting AuditSmb1Access. Windows 10, Windows Server 2016 and later do: update Windows.";

    /// <summary>Windows took the change, and still the setting is off.</summary>
    public const string StillOff =
        "Set-SmbServerConfiguration reported no error, yet AuditSmb1Access is still off: a group policy or security product holds it or sets it back."
        + " See which in the report of gpresult /scope computer /h report.html, and allow the setting there.";

    /// <summary>CIM cmdlets name a system error in the error id: "Windows System Error 5", or "HRESULT 0x80070005".</summary>
    private static int SystemError(SmbServerReply reply)
    {
        const string Prefix = "Windows System Error ";
        if (reply.Error!.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(reply.Error.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return code;
        }

        // FACILITY_WIN32
        var result = HResultInId(reply.Error) ?? reply.HResult;
        return (result & unchecked((int)0xFFFF0000)) == unchecked((int)0x80070000) ? result & 0xFFFF : 0;
    }

    private static bool IsManagementError(string error) => HResultInId(error) is { } result && ManagementErrors.Contains(result);

    private static int? HResultInId(string error)
    {
        const string Prefix = "HRESULT 0x";
        return error.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(error.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var result)
            ? result
            : null;
    }

    private static string Printed(ProcessResult result) =>
        string.IsNullOrWhiteSpace(result.Output + result.Error) ? "it printed nothing" : $"it printed: {OnOneLine(result.Output + " " + result.Error)}";

    private static string OnOneLine(string text) =>
        Wording.Shown(string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c)), LongestShown);

    /// <summary>What Windows itself ends a program with (0xC0000005, …) is known by its hexadecimal form.</summary>
    private static string Code(int? exitCode) => exitCode < 0 ? $"0x{exitCode:X8}" : $"{exitCode}";

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}

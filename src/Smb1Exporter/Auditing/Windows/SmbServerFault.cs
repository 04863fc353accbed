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

    /// <summary>The configuration has no AuditSmb1Access.</summary>
    public const string NoSuchSetting =
        "This Windows does not know the setting AuditSmb1Access. Windows 10, Windows Server 2016 and later do: update Windows.";

    /// <summary>Windows took the change, and still the setting is off.</summary>
    public const string StillOff =
        "Set-SmbServerConfiguration reported no error, yet AuditSmb1Access is still off: a group policy or security product holds it or sets it back."
        + " See which in the report of gpresult /scope computer /h report.html, and allow the setting there.";

    /// <summary>EnableSMB1Protocol is on, and the driver that serves SMB1 is not there.</summary>
    /// <remarks>The property stays True where the feature is removed: dpaulson45/HealthChecker, issue 286.</remarks>
    public const string NoDriver =
        "EnableSMB1Protocol is on, but the driver of the SMB1 server (srv.sys) is not there, as where the feature SMB 1.0/CIFS File Sharing Support is"
        + " removed; whether SMB1 is served could not be determined. If it is removed, set EnableSMB1Protocol to off as well:"
        + " Set-SmbServerConfiguration -EnableSMB1Protocol $false -Force";

    /// <summary>powershell.exe did not run to its end, or printed nothing that could be understood.</summary>
    public static SmbServerFailure OfRun(string program, ProcessResult result, TimeSpan timeLimit) => result switch
    {
        { StartError: FileNotFound or PathNotFound } => new SmbServerFailure(
            SmbServerFailureKind.NotSupported,
            $"{program} is not there. Windows PowerShell is part of Windows; install the feature again, or repair Windows (sfc /scannow)."),
        { StartError: AccessDisabledByPolicy or AccessDisabledNoSaferUiByPolicy or SystemIntegrityPolicyViolation } => NotPermitted(
            $"A policy (AppLocker, WDAC or software restriction) forbids {program} (error {result.StartError}). Allow it for this account, or {Lower(ByHand)}"),
        { StartError: AccessDenied } => NotPermitted(
            $"This account may not start {program} (error 5): its rights or a security product forbid it. Run the service as LocalSystem, or {Lower(ByHand)}"),
        { StartError: { } error } => Failed($"{program} could not be started (error {error}). {ByHand}"),
        { ExitCode: null } => new SmbServerFailure(
            SmbServerFailureKind.TimedOut,
            $"{program} did not end within {timeLimit.TotalSeconds:0} s and was stopped. Usually WMI hangs: see that Get-SmbServerConfiguration answers"
            + " in a console, and restart the service Winmgmt if it does not."),
        _ => Failed(string.Create(
            CultureInfo.InvariantCulture,
            $"{program} ended with exit code {Code(result.ExitCode)} and without an answer ({Printed(result)}); that proves nothing about auditing."
            + $" See whether a policy or security product keeps PowerShell from running commands. {ByHand}")),
    };

    /// <summary>Get- or Set-SmbServerConfiguration threw, or the module could not be loaded.</summary>
    public static SmbServerFailure OfError(SmbServerError error)
    {
        var found = Found(error);
        return error switch
        {
            { IsOfPolicy: true } => NotPermitted(
                $"A policy forbids PowerShell to load the module SmbShare ({found}). Allow Windows' own modules (execution policy RemoteSigned, AppLocker), or {Lower(ByHand)}"),
            { IsOfRights: true } => NotPermitted(
                $"This account lacks the rights to the SMB server configuration ({found}). Run the service as LocalSystem, or the program as an administrator."),
            { IsOfModule: true } => new SmbServerFailure(
                SmbServerFailureKind.NotSupported,
                $"The module SmbShare with Get-SmbServerConfiguration is not there or cannot be loaded ({found}). It comes with Windows 8, Windows Server 2012"
                + " and later: see what Import-Module SmbShare says in Windows PowerShell, and repair Windows (sfc /scannow)."),
            { IsOfParameter: true } => new SmbServerFailure(SmbServerFailureKind.NotSupported, NoSuchSetting),
            { IsOfStoppedServer: true } => Failed(
                $"The Server service does not run, so there is no SMB server to ask ({found}). Start it with sc.exe start LanmanServer (or Start-Service LanmanServer in PowerShell)."),
            { IsOfManagement: true } => Failed(
                $"WMI does not answer for the SMB server ({found}). Check it: winmgmt /verifyrepository, and restart the service Winmgmt."),
            _ => Failed($"The SMB server configuration could not be used ({found}). {ByHand}"),
        };
    }

    /// <summary>Get-SmbSession threw, where Get-SmbServerConfiguration did not.</summary>
    public static SmbServerFailure OfSessionsError(SmbServerError error)
    {
        var found = Found(error);
        return error switch
        {
            { IsOfRights: true } => NotPermitted(
                $"This account lacks the rights to Get-SmbSession ({found}). Run the service as LocalSystem, or the program as an administrator."),
            { IsOfModule: true } or { IsOfParameter: true } => new SmbServerFailure(
                SmbServerFailureKind.NotSupported,
                $"The module SmbShare has no Get-SmbSession with -IncludeHidden ({found}). It comes with Windows 8, Windows Server 2012 and later."),
            { IsOfStoppedServer: true } => Failed($"The Server service does not run ({found}). Start it with sc.exe start LanmanServer."),
            _ => Failed($"Get-SmbSession failed ({found}). See what it prints in Windows PowerShell as an administrator."),
        };
    }

    /// <summary>PowerShell answered for the configuration, and not as it should for the sessions.</summary>
    public static SmbServerFailure OfSessionsMissing() => Failed("Get-SmbSession gave no list and no error.");

    /// <summary>Get-SmbServerConfiguration reported no error, and gave none or several.</summary>
    public static SmbServerFailure OfConfigurations(int count) => Failed(
        $"Get-SmbServerConfiguration gave {(count == 0 ? "no configuration" : $"{count} configurations where one is expected")}, which proves nothing."
        + " See what it prints in Windows PowerShell, and check WMI: winmgmt /verifyrepository.");

    private static SmbServerFailure NotPermitted(string message) => new(SmbServerFailureKind.NotPermitted, message);

    private static SmbServerFailure Failed(string message) => new(SmbServerFailureKind.Failed, message);

    private static string Found(SmbServerError error) => string.Create(
        CultureInfo.InvariantCulture, $"{OnOneLine(error.Id)}, category {OnOneLine(error.Category)}, 0x{error.HResult:x8}");

    private static string Printed(ProcessResult result) =>
        string.IsNullOrWhiteSpace(result.Output + result.Error) ? "it printed nothing" : $"it printed: {OnOneLine(result.Output + " " + result.Error)}";

    private static string OnOneLine(string text) =>
        Wording.Shown(string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c)), LongestShown);

    /// <summary>What Windows itself ends a program with (0xC0000005, …) is known by its hexadecimal form.</summary>
    private static string Code(int? exitCode) => exitCode < 0 ? $"0x{exitCode:X8}" : $"{exitCode}";

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// The Windows PowerShell commands that read and set the SMB server's configuration, and how they are run. Everything that is read back comes on
/// lines of our own beginning with <see cref="Marker"/>, made of property values and error ids, so neither language nor formatting matters.
/// </summary>
internal static class SmbServerScript
{
    /// <summary>Begins each line that is read back.</summary>
    public const string Marker = "smb1-exporter:";

    // Windows PowerShell started from PowerShell 7 inherits a module path that breaks its own modules; and only Windows' own SmbShare is wanted.
    // The module is imported first: the call of a cmdlet would tell a module that policy forbids, a broken one and a missing one by the same id.
    // No method is called and no cmdlet but PowerShell's core and SmbShare's: constrained language mode forbids the one, a broken Utility module
    // would cost the other.
    private const string Prologue =
        "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'; $env:PSModulePath = $PSHOME + '\\Modules'; try {"
        + " Import-Module SmbShare -ErrorAction Stop; ";

    private const string Epilogue =
        " } catch { "
        + "'" + Marker + "error={0}' -f ($_.FullyQualifiedErrorId -split ',')[0]; "
        + "'" + Marker + "category={0}' -f $_.CategoryInfo.Category; "
        + "'" + Marker + "hresult={0}' -f $_.Exception.HResult }; "
        + "'" + Marker + "end'";

    /// <summary>Prints EnableSMB1Protocol and AuditSmb1Access.</summary>
    public const string Get =
        Prologue
        + "$c = SmbShare\\Get-SmbServerConfiguration -ErrorAction Stop; "
        + "'" + Marker + "EnableSMB1Protocol={0}' -f $c.EnableSMB1Protocol; "
        + "'" + Marker + "AuditSmb1Access={0}' -f $c.AuditSmb1Access"
        + Epilogue;

    /// <summary>Switches auditing on; whether it is on, only <see cref="Get"/> says.</summary>
    public const string Set =
        Prologue
        + "SmbShare\\Set-SmbServerConfiguration -AuditSmb1Access $true -Force -ErrorAction Stop; "
        + "'" + Marker + "set=True'"
        + Epilogue;

    /// <summary>The arguments of powershell.exe: no profile, no question, and the command as one argument without a double quote in it.</summary>
    public static IReadOnlyList<string> Arguments(string command) =>
        ["-NoLogo", "-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-Command", command];
}

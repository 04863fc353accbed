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
        + "'" + Marker + "hresult={0:x8}' -f $_.Exception.HResult }; "
        + "'" + Marker + "end'";

    private const string Configuration =
        "$c = @(SmbShare\\Get-SmbServerConfiguration -ErrorAction Stop); "
        + "'" + Marker + "configurations={0}' -f $c.Count; "
        + "'" + Marker + "EnableSMB1Protocol={0}' -f $c[0].EnableSMB1Protocol; "
        + "'" + Marker + "AuditSmb1Access={0}' -f $c[0].AuditSmb1Access";

    // What Windows does itself with a session is one, too. A client may have chosen its name: it comes last, and nothing but printable ASCII is let
    // through. The time is taken on both sides, as a list of thousands takes a while. Errors are told apart from those of the configuration.
    private const string Sessions =
        "; try { $t = [datetime]::UtcNow.Ticks; $s = @(SmbShare\\Get-SmbSession -IncludeHidden -ErrorAction Stop); "
        + "'" + Marker + "asked={0}' -f $t; "
        + "'" + Marker + "answered={0}' -f [datetime]::UtcNow.Ticks; "
        + "foreach ($x in $s) { ('" + Marker + "session={0}|{1}|{2}|{3}|{4}|{5}|{6}' -f $x.SessionId, $x.SmbInstance, $x.SecondsExists, $x.Dialect,"
        + " $x.ClusterNodeName, $x.ScopeName, $x.ClientComputerName) -replace '[^ -~]', '?' }; "
        + "'" + Marker + "sessions={0}' -f $s.Count } catch { "
        + "'" + Marker + "sessions-error={0}' -f ($_.FullyQualifiedErrorId -split ',')[0]; "
        + "'" + Marker + "sessions-category={0}' -f $_.CategoryInfo.Category; "
        + "'" + Marker + "sessions-hresult={0:x8}' -f $_.Exception.HResult }";

    /// <summary>Prints EnableSMB1Protocol and AuditSmb1Access, and how many configurations there are: one, where all is well.</summary>
    public const string Get = Prologue + Configuration + Epilogue;

    /// <summary>
    /// Prints the same, and a line for each open session: id, instance, age in seconds, dialect, node and scope of a cluster, client; all of them in one
    /// run, as starting PowerShell costs more than either.
    /// </summary>
    public const string GetWithSessions = Prologue + Configuration + Sessions + Epilogue;

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

# Stands in for three cmdlets of Windows' module SmbShare. The configuration is the file smbserver.txt (lines key=value) in the folder that the
# environment variable SMB1_STANDIN names, the open sessions are the file sessions.txt beside it (lines of id, age in seconds, dialect, node, scope and
# client, with | between them; no file: none is open). The key "fault" says what goes wrong; what is not listed here is done by the program or by the
# engine:
#   none           nothing
#   access-denied  both cmdlets are refused
#   set-denied     the change is refused
#   ignored        the change is accepted without effect, as where a policy holds the setting
#   no-setting     a Windows older than the setting AuditSmb1Access
#   no-configuration  WMI gives no instance of the configuration, and no error
#   sessions-denied   the list of sessions is refused, and the configuration is not
#   server-stopped the Server service does not run
#   wmi-broken     WMI does not know the class behind the cmdlets
# The error ids, categories and texts are constructed after what CIM cmdlets are known to give; none was recorded from a Windows machine.
# Only the engine's own cmdlets are there (no Write-Error, no Get-Content), hence the calls of .NET.

$folder = if ($env:SMB1_STANDIN) { $env:SMB1_STANDIN } else { 'C:\smb1-standin' }
$file = $folder + '\smbserver.txt'

function Read-State {
    $state = @{}
    foreach ($line in [System.IO.File]::ReadAllLines($file)) {
        $key, $value = $line -split '=', 2
        $state[$key] = $value
    }
    $state
}

function Write-State([hashtable] $State) {
    $lines = foreach ($key in 'EnableSMB1Protocol', 'AuditSmb1Access', 'fault') { $key + '=' + $State[$key] }
    $new = $file + '.' + $PID
    [System.IO.File]::WriteAllLines($new, [string[]] $lines)
    [System.IO.File]::Move($new, $file, $true)
}

# The error record for a fault; nothing when the cmdlet is to work.
function Get-Failure([string] $Fault, [bool] $Change) {
    $id, $category, $text = switch ($Fault) {
        'access-denied'  { 'Windows System Error 5', 'PermissionDenied', 'Zugriff verweigert' }
        'set-denied'     { if ($Change) { 'Windows System Error 5', 'PermissionDenied', 'Zugriff verweigert' } }
        'server-stopped' { 'Windows System Error 2114', 'NotSpecified', 'Der Serverdienst wurde nicht gestartet.' }
        'wmi-broken'     { 'HRESULT 0x80041010', 'MetadataError', ('Ung' + [char] 0xFC + 'ltige Klasse') }
    }
    if ($id) {
        [System.Management.Automation.ErrorRecord]::new([System.Exception]::new($text), $id, $category, 'MSFT_SmbServerConfiguration')
    }
}

function Get-SmbSession {
    [CmdletBinding()]
    param([switch] $IncludeHidden)

    $fault = (Read-State).fault
    $failure = Get-Failure $(if ($fault -eq 'sessions-denied') { 'access-denied' } else { $fault }) $false
    if ($failure) {
        $PSCmdlet.WriteError($failure)
        return
    }

    $list = $folder + '\sessions.txt'
    if ([System.IO.File]::Exists($list)) {
        foreach ($line in [System.IO.File]::ReadAllLines($list)) {
            $id, $age, $dialect, $node, $scope, $client = $line -split '\|', 6
            [pscustomobject] @{
                SessionId          = [uint64] $id
                ScopeName          = $scope
                ClusterNodeName    = $node
                ClientComputerName = $client
                ClientUserName     = 'CONTOSO\scan'
                NumOpens           = [uint64] 1
                SecondsIdle        = [uint32] 0
                SecondsExists      = [uint32] $age
                Dialect            = $dialect
                TransportName      = ''
            }
        }
    }
}

function Get-SmbServerConfiguration {
    [CmdletBinding()]
    param()

    $state = Read-State
    if ($state.fault -eq 'no-configuration') {
        return
    }

    $failure = Get-Failure $state.fault $false
    if ($failure) {
        # Not the end of the pipeline, as with the cmdlets of CIM.
        $PSCmdlet.WriteError($failure)
        return
    }

    $properties = [ordered] @{
        AutoDisconnectTimeout = [uint32] 15
        EnableSMB1Protocol    = $state.EnableSMB1Protocol -eq 'True'
        EnableSMB2Protocol    = $true
        RequireSecuritySignature = $false
    }
    if ($state.fault -ne 'no-setting') {
        $properties.AuditSmb1Access = $state.AuditSmb1Access -eq 'True'
    }
    [pscustomobject] $properties
}

function Set-SmbServerConfiguration {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [bool] $EnableSMB1Protocol,
        [switch] $Force
    )

    dynamicparam {
        if ((Read-State).fault -ne 'no-setting') {
            $attributes = [System.Collections.ObjectModel.Collection[System.Attribute]]::new()
            $attributes.Add([System.Management.Automation.ParameterAttribute]::new())
            $parameters = [System.Management.Automation.RuntimeDefinedParameterDictionary]::new()
            $parameters.Add('AuditSmb1Access', [System.Management.Automation.RuntimeDefinedParameter]::new('AuditSmb1Access', [bool], $attributes))
            $parameters
        }
    }

    end {
        $state = Read-State
        if (-not ($Force -or $PSCmdlet.ShouldProcess('SmbServerConfiguration', 'Modify'))) {
            return
        }

        $failure = Get-Failure $state.fault $true
        if ($failure) {
            $PSCmdlet.WriteError($failure)
            return
        }

        if ($state.fault -ne 'ignored') {
            foreach ($key in 'EnableSMB1Protocol', 'AuditSmb1Access') {
                if ($PSBoundParameters.ContainsKey($key)) {
                    $state[$key] = $PSBoundParameters[$key]
                }
            }
            Write-State $state
        }
    }
}

# Stands in for the cmdlets of Windows PowerShell that install.ps1 and uninstall.ps1 use and the bare engine does not have. Files, registry and access
# rights go through the engine's own providers, services through Wine's service manager; so what the scripts do is really done, in Wine's Windows.
# The firewall, which Wine does not have, is the file firewall.txt in the folder that SMB1_STANDIN names. Only what the scripts use is there.

$folder = if ($env:SMB1_STANDIN) { $env:SMB1_STANDIN } else { 'C:\smb1-standin' }
$firewall = $folder + '\firewall.txt'
$items = $ExecutionContext.InvokeProvider.Item
$properties = $ExecutionContext.InvokeProvider.Property

function Write-Information { param($MessageData) $Host.UI.WriteLine("$MessageData") }
function Write-Warning { param($Message) $Host.UI.WriteWarningLine("$Message") }
function Write-Verbose { param($Message) }
function Start-Sleep { param($Seconds = 0, $Milliseconds = 0) [System.Threading.Thread]::Sleep(1000 * $Seconds + $Milliseconds) }
# The comma: an empty list would be unrolled to nothing.
function New-Object { param($TypeName) , [System.Activator]::CreateInstance([type] $TypeName) }
function Join-Path { param($Path, $ChildPath) $ExecutionContext.SessionState.Path.Combine($Path, $ChildPath) }

function ConvertTo-Json { param($InputObject, $Depth) [Smb1Exporter.WineStandIns.PowerShell.Json]::ToText($InputObject) }
function ConvertFrom-Json {
    param([Parameter(ValueFromPipeline)] $InputObject)
    process { [Smb1Exporter.WineStandIns.PowerShell.Json]::ToObject($InputObject) }
}

function Add-Member {
    param($InputObject, $NotePropertyName, $NotePropertyValue, [switch] $Force)
    if ($Force) { $InputObject.PSObject.Properties.Remove($NotePropertyName) }
    $InputObject.PSObject.Properties.Add([psnoteproperty]::new($NotePropertyName, $NotePropertyValue))
}

function Test-Path { param($LiteralPath) $items.Exists($LiteralPath, $true, $true) }
function Get-Item { param($LiteralPath, [switch] $Force) $items.Get([string[]] $LiteralPath, $Force, $true) }
function Get-ChildItem { param($LiteralPath, [switch] $Force) $ExecutionContext.InvokeProvider.ChildItem.Get([string[]] $LiteralPath, $false, $Force, $true) }
function New-Item { param($Path, $ItemType = 'Key', [switch] $Force) $items.New([string[]] $Path, $null, $ItemType, $null, $Force) }
function Copy-Item { param($LiteralPath, $Destination, [switch] $Force) [System.IO.File]::Copy($LiteralPath, $Destination, $Force) }
function Move-Item { [CmdletBinding()] param($LiteralPath, $Destination, [switch] $Force) [System.IO.File]::Move($LiteralPath, $Destination, $Force) }
function Get-ItemProperty { param($LiteralPath) $properties.Get([string[]] $LiteralPath, $null, $true) }
function New-ItemProperty {
    param($LiteralPath, $Name, $PropertyType, $Value, [switch] $Force)
    $properties.New([string[]] $LiteralPath, $Name, $PropertyType, $Value, $Force, $true)
}

function Remove-Item {
    [CmdletBinding()]
    param($LiteralPath, [switch] $Recurse, [switch] $Force)
    try { $items.Remove([string[]] $LiteralPath, $Recurse, $Force, $true) } catch { if ($ErrorActionPreference -ne 'SilentlyContinue') { throw } }
}

function Get-Acl { param($LiteralPath) [System.IO.FileSystemAclExtensions]::GetAccessControl([System.IO.DirectoryInfo]::new($LiteralPath), 'Owner, Access') }
function Set-Acl { param($LiteralPath, $AclObject) [System.IO.FileSystemAclExtensions]::SetAccessControl([System.IO.DirectoryInfo]::new($LiteralPath), $AclObject) }
function Get-FileHash {
    param($LiteralPath)
    [pscustomobject] @{ Hash = [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($LiteralPath))) }
}

# The service as an object with its status; nothing when there is none.
function Get-Service {
    [CmdletBinding()]
    param($Name)
    $answer = (& "$([Environment]::SystemDirectory)\sc.exe" query $Name) -join "`n"
    if ($answer -match 'STATE\s+:\s+\d+\s+(\w+)') {
        [pscustomobject] @{ Status = @{ STOPPED = 'Stopped'; START_PENDING = 'StartPending'; STOP_PENDING = 'StopPending'; RUNNING = 'Running' }[$Matches[1]] }
    }
}

function New-Service {
    param($Name, $BinaryPathName, $DisplayName, $Description, $StartupType)
    $tool = "$([Environment]::SystemDirectory)\sc.exe"
    & $tool create $Name start= auto displayname= $DisplayName binpath= $BinaryPathName
    & $tool description $Name $Description
}

function Wait-Service {
    param($Name, $Wanted)
    for ($i = 0; $i -lt 600; $i++) {
        $status = (Get-Service $Name).Status
        if ($status -eq $Wanted) { return }
        if ($status -eq 'Stopped') { break }
        Start-Sleep -Milliseconds 50
    }
    throw "Failed to bring service '$Name' to '$Wanted': it is '$status'."
}

function Start-Service {
    [CmdletBinding()]
    param($Name)
    if ((Get-Service $Name).Status -eq 'Running') { return }
    & "$([Environment]::SystemDirectory)\sc.exe" start $Name
    Wait-Service $Name 'Running'
}

function Stop-Service {
    param($Name, [switch] $Force, [switch] $NoWait)
    if ((Get-Service $Name).Status -eq 'Stopped') { return }
    & "$([Environment]::SystemDirectory)\sc.exe" stop $Name
}

# Wine keeps no event log.
function Get-WinEvent {
    [CmdletBinding()]
    param($FilterHashtable, $MaxEvents)
    [pscustomobject] @{ TimeCreated = [datetime]::UnixEpoch; Message = "the newest of $($FilterHashtable.LogName) from $($FilterHashtable.ProviderName)" }
}

function Get-NetFirewallRule {
    [CmdletBinding()]
    param($Name)
    if ([System.IO.File]::Exists($firewall)) { [System.IO.File]::ReadAllText($firewall) }
}

function New-NetFirewallRule {
    [CmdletBinding()]
    param($Name, $DisplayName, $Direction, $Action, $Protocol, $LocalPort, [string[]] $RemoteAddress)
    [System.IO.File]::WriteAllText($firewall, "$Name $Direction $Action $Protocol $LocalPort from $RemoteAddress")
}

function Set-NetFirewallRule {
    [CmdletBinding()]
    param($Name, $Protocol, $LocalPort)
    [System.IO.File]::WriteAllText($firewall, ([System.IO.File]::ReadAllText($firewall) -replace 'TCP \d+', "$Protocol $LocalPort"))
}

function Remove-NetFirewallRule { [CmdletBinding()] param($Name) [System.IO.File]::Delete($firewall) }

<#
.SYNOPSIS
Installs smb1-exporter as a Windows service, or upgrades it in place.

.DESCRIPTION
Run it in an administrator's prompt from the published folder, where smb1-exporter.exe lies beside it. It copies the program to
%ProgramFiles%\smb1-exporter, writes the settings, makes and protects the folder for the state, registers the service smb1-exporter and its event
source, starts the service, waits until it answers, and prints what "smb1-exporter.exe check" finds.

It may be run again at any time. An upgrade keeps the state and the settings; of the settings only those change whose parameters are given. If the
new program cannot be put in place, the old one is put back and started.

.PARAMETER Customer
The organisation that owns this server: label "customer" of every series.

.PARAMETER Address
Where the program listens: an IPv4 or IPv6 address of this server, or * for all addresses.

.PARAMETER Port
The TCP port it listens on.

.PARAMETER PrometheusAddress
Addresses and CIDR ranges that may reach the port: makes the inbound firewall rule smb1-exporter, or changes it. Several are separated by commas.
Without this parameter no rule is made; "none" removes the rule.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -Customer Contoso

Installs the service. It listens on port 10445 on all addresses; no firewall rule is made.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -Customer Contoso -PrometheusAddress 10.0.0.5,10.0.1.0/24

The same, and lets the named Prometheus servers through the Windows firewall.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -WhatIf

Run from a newer publish folder: tells every step of the upgrade and changes nothing.

.NOTES
The exit code is 0 when the service runs and answers, else 1.
#>
#Requires -Version 5.1
[CmdletBinding(SupportsShouldProcess, PositionalBinding = $false)]
param(
    [string] $Customer,
    [string] $Address = '*',
    [ValidateRange(1, 65535)]
    [int] $Port = 10445,
    [string[]] $PrometheusAddress
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$InformationPreference = 'Continue'

# These names are known to the program and to uninstall.ps1 too.
$ServiceName = 'smb1-exporter'
$EventSource = 'smb1-exporter'
$RuleName = 'smb1-exporter'
$ProgramName = 'smb1-exporter.exe'
$LibraryName = 'e_sqlite3.dll'
$UninstallerName = 'uninstall.ps1'
$SettingsName = 'appsettings.json'
$InstallFolderName = 'smb1-exporter'
$StateFolderName = 'smb1-exporter'
$BundleFolderName = 'bundle'
$BundleVariable = 'DOTNET_BUNDLE_EXTRACT_BASE_DIR'
$HealthPath = '/-/healthy'

$DisplayName = 'SMB1 client exporter for Prometheus'
$Description = 'Counts SMB1 connection attempts on this file server, by client, and shows them on /metrics.'
$InstallFolder = Join-Path -Path $env:ProgramFiles -ChildPath $InstallFolderName
$StateFolder = Join-Path -Path $env:ProgramData -ChildPath $StateFolderName
$BundleFolder = Join-Path -Path $StateFolder -ChildPath $BundleFolderName
$Program = Join-Path -Path $InstallFolder -ChildPath $ProgramName
$SettingsFile = Join-Path -Path $InstallFolder -ChildPath $SettingsName
$ServiceKey = "HKLM:\SYSTEM\CurrentControlSet\Services\$ServiceName"
$EventSourceKey = "HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\$EventSource"
$EventMessageFile = '%SystemRoot%\Microsoft.NET\Framework64\v4.0.30319\EventLogMessages.dll'
$PlainUrl = '^http://(\[[^\]]+\]|[^:/;]+):(\d+)/?$'
$TimeLimit = 60

# SYSTEM and Administrators, by number: their names differ from language to language. And who runs this.
$Owners = 'S-1-5-18', 'S-1-5-32-544', [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
$OwnersOnly = 'O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'

$Given = $PSBoundParameters
$script:IsStarting = $false

# Does one step and says so, or only tells it when -WhatIf was given.
function Invoke-Step {
    param([string] $Item, [string] $Action, [scriptblock] $Body)
    if ($PSCmdlet.ShouldProcess($Item, $Action)) {
        $null = & $Body
        Write-Information -MessageData "${Action}: $Item"
    }
}

function Invoke-Program {
    param([string] $Path, [string[]] $Argument)

    # Else Windows PowerShell 5.1 takes the first line on standard error for a failure of the script.
    $ErrorActionPreference = 'Continue'
    $lines = @(& $Path @Argument 2>&1 | ForEach-Object -Process { "$_" })
    [pscustomobject] @{ ExitCode = $LASTEXITCODE; Output = $lines }
}

function Invoke-ServiceControl {
    param([string[]] $Argument)
    $result = Invoke-Program -Path (Join-Path -Path ([Environment]::SystemDirectory) -ChildPath 'sc.exe') -Argument $Argument
    if ($result.ExitCode -ne 0) {
        throw "sc.exe $($Argument -join ' ') failed with exit code $($result.ExitCode): $($result.Output -join ' ')"
    }
}

function Wait-Condition {
    param([scriptblock] $Condition)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    do {
        if (& $Condition) {
            return $true
        }

        Start-Sleep -Milliseconds 500
    } while ($clock.Elapsed.TotalSeconds -lt $TimeLimit)

    $false
}

# What the service does, as "Running" or "Stopped"; nothing where there is none.
function Get-ExporterState {
    $service = Get-Service -Name $ServiceName -ErrorAction SilentlyContinue
    if ($null -ne $service) {
        "$($service.Status)"
    }
}

function Test-Administrator {
    $principal = [System.Security.Principal.WindowsPrincipal] [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

# An address that can be parsed; what Windows would read into "10" or "1.2" is meant by nobody.
function Test-Address {
    param([string] $Text)
    $parsed = $null
    [System.Net.IPAddress]::TryParse($Text, [ref] $parsed) -and ($Text -match ':' -or $Text -match '^\d+\.\d+\.\d+\.\d+$')
}

function Assert-Readiness {
    if (-not [Environment]::Is64BitProcess) {
        throw "This is a 32-bit PowerShell. Run install.ps1 in $env:SystemRoot\Sysnative\WindowsPowerShell\v1.0\powershell.exe"
    }

    if (-not (Test-Administrator)) {
        throw 'This needs administrator rights. Right-click Windows PowerShell, choose "Run as administrator", and run install.ps1 there.'
    }

    if (-not (Test-Path -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath $ProgramName))) {
        throw "$ProgramName is not beside install.ps1 in $PSScriptRoot. Copy the whole published folder to this server, and run install.ps1 in it."
    }

    if ($Address -ne '*' -and -not (Test-Address -Text $Address)) {
        throw "-Address '$Address' is neither * nor an IPv4 or IPv6 address. Example: 10.0.0.7"
    }

    foreach ($one in $remotes) {
        $base, $length = $one -split '/', 2
        $longest = $(if ($base -match ':') { 128 } else { 32 })
        $isRange = $null -eq $length -or ($length -match '^\d{1,3}$' -and [int] $length -le $longest)
        if (-not $isRange -or -not (Test-Address -Text $base)) {
            throw "-PrometheusAddress '$one' is neither an address nor a CIDR range. Example: 10.0.0.5 or 10.0.1.0/24"
        }
    }

    Assert-StateFolder
}

# Every user may make folders in ProgramData, this one too, and would stay the master of what lies in it.
function Assert-StateFolder {
    if (-not (Test-Path -LiteralPath $StateFolder)) {
        return
    }

    if (((Get-Item -LiteralPath $StateFolder -Force).Attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) {
        throw "$StateFolder is a link to another place. Delete it, and run install.ps1 again."
    }

    try {
        $owner = (Get-Acl -LiteralPath $StateFolder).GetOwner([System.Security.Principal.SecurityIdentifier]).Value
    }
    catch {
        $owner = "somebody who lets nobody look ($($_.Exception.Message))"
    }

    if ($owner -notin $Owners) {
        throw ("$StateFolder belongs to $owner, and every user may make a folder there. If it is yours, run: " +
            "icacls `"$StateFolder`" /setowner *S-1-5-32-544. If not, delete it. Then run install.ps1 again.")
    }
}

# The settings as they are, as an object; an empty one when there are none.
function Read-Setting {
    if (-not (Test-Path -LiteralPath $SettingsFile)) {
        return [pscustomobject] @{}
    }

    try {
        $settings = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($SettingsFile))
        if ($settings -isnot [System.Management.Automation.PSCustomObject]) {
            throw 'it is no JSON object.'
        }

        $settings
    }
    catch {
        throw ("The settings file $SettingsFile cannot be read: $($_.Exception.Message) " +
            'Correct it (comments cannot be kept), and run install.ps1 again.')
    }
}

function Get-Value {
    param([object] $Object, [string] $Name)
    if ($null -ne $Object -and $null -ne $Object.PSObject.Properties[$Name]) {
        $Object.PSObject.Properties[$Name].Value
    }
}

# In its place where it is there already, so that the file is only written when a value changes.
function Edit-Value {
    param([object] $Object, [string] $Name, [object] $Value)
    if ($null -ne $Object.PSObject.Properties[$Name]) {
        $Object.PSObject.Properties[$Name].Value = $Value
    }
    else {
        Add-Member -InputObject $Object -NotePropertyName $Name -NotePropertyValue $Value
    }
}

# Whether something else than Urls says where it listens.
function Test-OtherEndpoint {
    param([object] $Settings)
    $kestrel = Get-Value -Object $Settings -Name 'Kestrel'
    $null -ne (Get-Value -Object $kestrel -Name 'Endpoints') -or
        $null -ne (Get-Value -Object $Settings -Name 'http_ports') -or
        $null -ne (Get-Value -Object $Settings -Name 'https_ports')
}

# Puts what was given into the settings. Of address and port, the one that was not given stays as it was.
function Edit-Setting {
    param([object] $Settings)
    $urls = Get-Value -Object $Settings -Name 'Urls'
    $isElsewhere = Test-OtherEndpoint -Settings $Settings
    $isAsked = $Given.ContainsKey('Address') -or $Given.ContainsKey('Port')
    $isPlain = $urls -match $PlainUrl
    if ($isAsked -and ($isElsewhere -or ($null -ne $urls -and -not $isPlain))) {
        throw "$SettingsFile names Kestrel:Endpoints or more than one plain address: change it there, not with -Address or -Port."
    }

    if ($isAsked -or ($null -eq $urls -and -not $isElsewhere)) {
        $name, $number = $Address, $Port
        if ($isPlain) {
            $name = $(if ($Given.ContainsKey('Address')) { $Address } else { $Matches[1].Trim('[', ']') })
            $number = $(if ($Given.ContainsKey('Port')) { $Port } else { $Matches[2] })
        }

        $name = $(if ($name -match ':') { "[$name]" } else { $name })
        Edit-Value -Object $Settings -Name 'Urls' -Value "http://${name}:$number"
    }

    if ($Given.ContainsKey('Customer')) {
        # Both ways to write it are one setting, which may stand there only once.
        if ($null -ne (Get-Value -Object $Settings -Name 'Exporter:Customer')) {
            Edit-Value -Object $Settings -Name 'Exporter:Customer' -Value $Customer
            return
        }

        if ($null -eq (Get-Value -Object $Settings -Name 'Exporter')) {
            Edit-Value -Object $Settings -Name 'Exporter' -Value ([pscustomobject] @{})
        }

        Edit-Value -Object $Settings.Exporter -Name 'Customer' -Value $Customer
    }
}

# Where it will answer on this server; nothing where the settings are more than one plain address.
function Get-Endpoint {
    param([object] $Settings)
    if (-not (Test-OtherEndpoint -Settings $Settings) -and (Get-Value -Object $Settings -Name 'Urls') -match $PlainUrl) {
        $name, $number = $Matches[1], [int] $Matches[2]
        if ($name -in '*', '+', '0.0.0.0', '[::]') {
            $name = '127.0.0.1'
        }

        [pscustomobject] @{ Url = "http://${name}:$number"; Port = $number }
    }
}

function Get-Hash {
    param([string] $Path)
    if (Test-Path -LiteralPath $Path) {
        (Get-FileHash -LiteralPath $Path -ErrorAction Stop).Hash
    }
}

# The files that are not yet as they lie here. The native build has its library beside it; one that is left from it must not be loaded.
function Get-ChangedFile {
    foreach ($name in $ProgramName, $LibraryName, $UninstallerName) {
        $source = Get-Hash -Path (Join-Path -Path $PSScriptRoot -ChildPath $name)
        if ($source -ne (Get-Hash -Path (Join-Path -Path $InstallFolder -ChildPath $name))) {
            [pscustomobject] @{ Name = $name; Target = Join-Path -Path $InstallFolder -ChildPath $name; IsNew = $null -ne $source }
        }
    }
}

function Install-StateFolder {
    Invoke-Step -Item $StateFolder -Action 'Give the state folder to SYSTEM and Administrators alone' -Body {
        New-Item -ItemType Directory -Path $StateFolder -Force
        Assert-StateFolder
        $wasOpen = $null -eq (Get-ExporterState) -or -not (Get-Acl -LiteralPath $StateFolder).AreAccessRulesProtected
        $rights = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
        $rights.SetSecurityDescriptorSddlForm($OwnersOnly)
        Set-Acl -LiteralPath $StateFolder -AclObject $rights
        if ($wasOpen -and (Test-Path -LiteralPath $BundleFolder)) {
            Clear-Bundle
        }
    }
}

# Others could write in it, and what lies there is run as SYSTEM. The program unpacks it anew; while it runs it holds it.
function Clear-Bundle {
    Suspend-Exporter
    $isGone = Wait-Condition -Condition {
        Remove-Item -LiteralPath $BundleFolder -Recurse -Force -ErrorAction SilentlyContinue
        -not (Test-Path -LiteralPath $BundleFolder)
    }
    if (-not $isGone) {
        throw "$BundleFolder cannot be deleted. Others could write in it: delete it, and run install.ps1 again."
    }
}

function Suspend-Exporter {
    if ((Get-ExporterState) -in $null, 'Stopped') {
        return
    }

    Invoke-Step -Item $ServiceName -Action 'Stop the service' -Body {
        Stop-Service -Name $ServiceName -Force -NoWait
        if (-not (Wait-Condition -Condition { (Get-ExporterState) -eq 'Stopped' })) {
            throw "The service did not stop within $TimeLimit s. End its process, and run install.ps1 again."
        }
    }
}

# Copied beside the old ones first: in between, the service stands still only for a moment, and the old program can come back.
function Install-Program {
    param([object[]] $Changed)
    Invoke-Step -Item $InstallFolder -Action "Copy $($Changed.Name -join ', ')" -Body {
        New-Item -ItemType Directory -Path $InstallFolder -Force
        foreach ($file in $Changed | Where-Object -FilterScript { $_.IsNew }) {
            Copy-Item -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath $file.Name) -Destination "$($file.Target).new" -Force
        }
    }

    Suspend-Exporter
    $done = New-Object -TypeName System.Collections.ArrayList
    Invoke-Step -Item $InstallFolder -Action 'Put the new program in place' -Body {
        try {
            foreach ($file in $Changed) {
                $hadOld = Test-Path -LiteralPath $file.Target
                if ($hadOld) {
                    Move-Item -LiteralPath $file.Target -Destination "$($file.Target).old" -Force
                }

                $done.Add([pscustomobject] @{ Target = $file.Target; HadOld = $hadOld })
                if ($file.IsNew) {
                    Move-Item -LiteralPath "$($file.Target).new" -Destination $file.Target -Force
                }
            }
        }
        catch {
            foreach ($file in $done) {
                if ($file.HadOld) {
                    Move-Item -LiteralPath "$($file.Target).old" -Destination $file.Target -Force -ErrorAction Continue
                }
                elseif (Test-Path -LiteralPath $file.Target) {
                    Remove-Item -LiteralPath $file.Target -Force -ErrorAction Continue
                }
            }

            throw
        }

        # One that the ending process still holds is overwritten by the next upgrade.
        foreach ($file in $done | Where-Object -FilterScript { $_.HadOld }) {
            Remove-Item -LiteralPath "$($file.Target).old" -Force -ErrorAction SilentlyContinue
        }
    }
}

function Write-Setting {
    param([string] $Text)
    Suspend-Exporter
    $lines = $Text + [Environment]::NewLine
    Invoke-Step -Item $SettingsFile -Action 'Write the settings' -Body { [System.IO.File]::WriteAllText($SettingsFile, $lines) }
}

function Install-Service {
    if ($null -eq (Get-ExporterState)) {
        Invoke-Step -Item $ServiceName -Action 'Create the service' -Body {
            New-Service -Name $ServiceName -BinaryPathName "`"$Program`"" -DisplayName $DisplayName -Description $Description -StartupType Automatic
        }
    }
    elseif ((Get-ItemProperty -LiteralPath $ServiceKey).ImagePath -ne "`"$Program`"") {
        Suspend-Exporter
        Invoke-Step -Item $ServiceName -Action "Run $Program, not $((Get-ItemProperty -LiteralPath $ServiceKey).ImagePath)" -Body {
            $service = Get-CimInstance -ClassName Win32_Service -Filter "Name='$ServiceName'"
            $result = Invoke-CimMethod -InputObject $service -MethodName Change -Arguments @{ PathName = "`"$Program`"" }
            if ($result.ReturnValue -ne 0) {
                throw "The service could not be changed: Win32_Service.Change returned $($result.ReturnValue)."
            }
        }
    }

    # A stop with an error counts as a fault too, not a crash alone.
    Invoke-Step -Item $ServiceName -Action 'Have the service started again after a fault' -Body {
        Invoke-ServiceControl -Argument 'failure', $ServiceName, 'reset=', '86400', 'actions=', 'restart/5000/restart/5000/restart/60000'
        Invoke-ServiceControl -Argument 'failureflag', $ServiceName, '1'
    }

    # SQLite's library is unpacked from the program at start. The place where that is done otherwise is open to every user: C:\Windows\Temp.
    $wanted = "$BundleVariable=$BundleFolder"
    $present = @()
    if (Test-Path -LiteralPath $ServiceKey) {
        $present = @(Get-Value -Object (Get-ItemProperty -LiteralPath $ServiceKey) -Name 'Environment')
    }

    if ($wanted -notin $present) {
        Suspend-Exporter
        Invoke-Step -Item $ServiceKey -Action 'Have the program unpack its library in the state folder' -Body {
            $value = [string[]] (@($present | Where-Object -FilterScript { $_ -and $_ -notlike "$BundleVariable=*" }) + $wanted)
            New-ItemProperty -LiteralPath $ServiceKey -Name 'Environment' -PropertyType MultiString -Value $value -Force
        }
    }
}

function Install-EventSource {
    Invoke-Step -Item $EventSource -Action 'Register the event source in the log Application' -Body {
        if (-not (Test-Path -LiteralPath $EventSourceKey)) {
            New-Item -Path $EventSourceKey -Force
        }

        New-ItemProperty -LiteralPath $EventSourceKey -Name 'EventMessageFile' -PropertyType ExpandString -Value $EventMessageFile -Force
        New-ItemProperty -LiteralPath $EventSourceKey -Name 'TypesSupported' -PropertyType DWord -Value 7 -Force
    }
}

# The cmdlets of modules do not see this script's $ErrorActionPreference.
function Install-FirewallRule {
    param([int] $LocalPort)
    $isThere = $null -ne (Get-NetFirewallRule -Name $RuleName -ErrorAction SilentlyContinue)
    if ($isThere -and -not $Given.ContainsKey('PrometheusAddress')) {
        Invoke-Step -Item $RuleName -Action "Have the firewall rule open port $LocalPort" -Body {
            Set-NetFirewallRule -Name $RuleName -Protocol TCP -LocalPort $LocalPort -ErrorAction Stop
        }

        return
    }

    if ($isThere) {
        Invoke-Step -Item $RuleName -Action 'Remove the firewall rule' -Body { Remove-NetFirewallRule -Name $RuleName -ErrorAction Stop }
    }

    if ($remotes.Count -gt 0) {
        Invoke-Step -Item $RuleName -Action "Open port $LocalPort in the firewall for $($remotes -join ', ')" -Body {
            $rule = @{
                Name = $RuleName
                DisplayName = $DisplayName
                Direction = 'Inbound'
                Action = 'Allow'
                Protocol = 'TCP'
                LocalPort = $LocalPort
                RemoteAddress = $remotes
            }
            New-NetFirewallRule @rule -ErrorAction Stop
        }
    }
}

function Test-Health {
    param([string] $Url)
    try {
        $request = [System.Net.WebRequest]::Create("$Url$HealthPath")
        $request.Proxy = $null
        $request.Timeout = 5000
        $request.GetResponse().Close()
        $true
    }
    catch {
        Write-Verbose -Message "$Url does not answer: $($_.Exception.Message)"
        $false
    }
}

function Resume-Exporter {
    $script:IsStarting = $true
    if ((Get-ExporterState) -ne 'Running') {
        Invoke-Step -Item $ServiceName -Action 'Start the service' -Body { Start-Service -Name $ServiceName }
    }
}

function Wait-Exporter {
    param([object] $Endpoint)
    $url = $(if ($null -ne $Endpoint) { $Endpoint.Url })
    $answers = Wait-Condition -Condition {
        (Get-ExporterState) -eq 'Running' -and ($null -eq $url -or (Test-Health -Url $url))
    }
    if (-not $answers) {
        throw "The service is installed, but after $TimeLimit s it is $(Get-ExporterState) and does not answer."
    }
}

# Auditing is switched on shortly after the start, so the check may need a second try. As the service, it unpacks where others may not write.
function Invoke-Check {
    param([int] $Tries)
    $kept = [Environment]::GetEnvironmentVariable($BundleVariable)
    [Environment]::SetEnvironmentVariable($BundleVariable, $BundleFolder)
    try {
        for ($i = 1; $i -le $Tries; $i++) {
            $result = Invoke-Program -Path $Program -Argument 'check'
            if ($result.ExitCode -eq 0) {
                break
            }

            Start-Sleep -Seconds 3
        }
    }
    finally {
        [Environment]::SetEnvironmentVariable($BundleVariable, $(if ($kept) { $kept } else { [NullString]::Value }))
    }

    Write-Information -MessageData "`n$ProgramName check:"
    $result.Output | ForEach-Object -Process { Write-Information -MessageData "  $_" }
}

function Write-Event {
    $filter = @{ LogName = 'Application'; ProviderName = $EventSource }
    foreach ($entry in @(Get-WinEvent -FilterHashtable $filter -MaxEvents 5 -ErrorAction SilentlyContinue)) {
        Write-Information -MessageData "Application log, $($entry.TimeCreated.ToString('s')): $($entry.Message)"
    }
}

$wasRunning = (Get-ExporterState) -eq 'Running'
try {
    $remotes = @(@($PrometheusAddress) -split '[,\s]+' | Where-Object -FilterScript { $_ -and $_ -ne 'none' })
    Assert-Readiness
    $settings = Read-Setting
    $before = ConvertTo-Json -InputObject $settings -Depth 100
    Edit-Setting -Settings $settings
    $after = ConvertTo-Json -InputObject $settings -Depth 100
    $endpoint = Get-Endpoint -Settings $settings
    $changed = @(Get-ChangedFile)

    Install-StateFolder
    if ($changed.Count -gt 0) {
        Install-Program -Changed $changed
    }

    if ($before -cne $after) {
        Write-Setting -Text $after
    }

    Install-Service
    Install-EventSource
    if ($null -ne $endpoint) {
        Install-FirewallRule -LocalPort $endpoint.Port
    }
    elseif ($Given.ContainsKey('PrometheusAddress')) {
        Write-Warning -Message "$SettingsFile names Kestrel:Endpoints or more than one plain address: make the firewall rule by hand."
    }

    Resume-Exporter
    if (-not $WhatIfPreference) {
        Wait-Exporter -Endpoint $endpoint
        Invoke-Check -Tries 5
        Write-Information -MessageData "`nThe service $ServiceName runs. Its log: event log Application, source $EventSource. Settings: $SettingsFile"
        Write-Information -MessageData "State, to be kept: $StateFolder"
        if ($null -ne $endpoint) {
            Write-Information -MessageData "Page: $($endpoint.Url)/  For Prometheus: - targets: ['${env:COMPUTERNAME}:$($endpoint.Port)']"
        }
    }
}
catch {
    # Why a service did not start stands in the innermost exception alone.
    $message = $_.Exception.Message
    $reason = $_.Exception.GetBaseException().Message
    $Host.UI.WriteErrorLine("install.ps1: $message$(if ($reason -ne $message) { " $reason" })")
    if ($script:IsStarting) {
        Write-Event
        Write-Information -MessageData "Mend what is named above, then run install.ps1 again. To see the program start, run it here: $Program"
    }
    elseif ($wasRunning) {
        # Nobody should find the service stopped that ran before.
        Start-Service -Name $ServiceName -ErrorAction SilentlyContinue
    }

    exit 1
}

# Else the exit code of the last program that was run would be left as that of this script.
exit 0

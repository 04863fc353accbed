<#
.SYNOPSIS
Removes smb1-exporter from this server.

.DESCRIPTION
Run it in an administrator's prompt; install.ps1 puts a copy beside the program. It stops and deletes the service smb1-exporter, and removes its
firewall rule, its event source, the program and its settings. The state (totals, and the position in the audit log) is kept unless -RemoveState is
given: an installation later goes on counting where this one stopped. SMB1 auditing is left as it is.

What is not there any more is no error, so it may be run again.

.PARAMETER RemoveState
Deletes the state too.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File "C:\Program Files\smb1-exporter\uninstall.ps1"

Removes the program and keeps its state.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File "C:\Program Files\smb1-exporter\uninstall.ps1" -RemoveState -WhatIf

Tells what would be removed, and removes nothing.

.NOTES
The exit code is 0 when everything to be removed is gone, else 1.
#>
#Requires -Version 5.1
[CmdletBinding(SupportsShouldProcess, PositionalBinding = $false)]
param(
    [switch] $RemoveState
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$InformationPreference = 'Continue'

# These names are known to the program and to install.ps1 too.
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

$InstallFolder = Join-Path -Path $env:ProgramFiles -ChildPath $InstallFolderName
$StateFolder = Join-Path -Path $env:ProgramData -ChildPath $StateFolderName
$BundleFolder = Join-Path -Path $StateFolder -ChildPath $BundleFolderName
$TimeLimit = 60
$EventSourceKey = "HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\$EventSource"

# Does one step and says so, or only tells it when -WhatIf was given.
function Invoke-Step {
    param([string] $Item, [string] $Action, [scriptblock] $Body)
    if ($PSCmdlet.ShouldProcess($Item, $Action)) {
        $null = & $Body
        Write-Information -MessageData "${Action}: $Item"
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

function Uninstall-Service {
    if ($null -eq (Get-ExporterState)) {
        return
    }

    Invoke-Step -Item $ServiceName -Action 'Stop the service' -Body {
        Stop-Service -Name $ServiceName -Force -NoWait
        if (-not (Wait-Condition -Condition { (Get-ExporterState) -eq 'Stopped' })) {
            throw "The service did not stop within $TimeLimit s. End its process, and run uninstall.ps1 again."
        }
    }

    Invoke-Step -Item $ServiceName -Action 'Delete the service' -Body {
        $tool = Join-Path -Path ([Environment]::SystemDirectory) -ChildPath 'sc.exe'
        $output = & $tool 'delete' $ServiceName
        if ($LASTEXITCODE -ne 0) {
            throw "sc.exe delete $ServiceName failed with exit code ${LASTEXITCODE}: $($output -join ' ')"
        }

        if (-not (Wait-Condition -Condition { $null -eq (Get-ExporterState) })) {
            throw ('The service goes when no program has it open any more: close Services (services.msc) and Task Manager, ' +
                'and run uninstall.ps1 again.')
        }
    }
}

function Uninstall-FirewallRule {
    if ($null -ne (Get-NetFirewallRule -Name $RuleName -ErrorAction SilentlyContinue)) {
        # A cmdlet of a module does not see this script's $ErrorActionPreference.
        Invoke-Step -Item $RuleName -Action 'Remove the firewall rule' -Body { Remove-NetFirewallRule -Name $RuleName -ErrorAction Stop }
    }
}

function Uninstall-EventSource {
    if (Test-Path -LiteralPath $EventSourceKey) {
        Invoke-Step -Item $EventSource -Action 'Remove the event source' -Body { Remove-Item -LiteralPath $EventSourceKey -Recurse -Force }
    }
}

# The process may hold its files for a moment after the service has stopped.
function Clear-OwnItem {
    param([string] $Path)
    $isGone = Wait-Condition -Condition {
        Remove-Item -LiteralPath $Path -Recurse -Force -ErrorAction SilentlyContinue
        -not (Test-Path -LiteralPath $Path)
    }
    if (-not $isGone) {
        throw "$Path cannot be deleted. Close the program that has it open, and run uninstall.ps1 again."
    }
}

# This script goes last: whatever fails, it can be run again.
function Uninstall-Program {
    $names = foreach ($name in $LibraryName, $SettingsName, $ProgramName, $UninstallerName) { "$name.new", "$name.old", $name }
    foreach ($name in $names) {
        $path = Join-Path -Path $InstallFolder -ChildPath $name
        if (Test-Path -LiteralPath $path) {
            Invoke-Step -Item $path -Action 'Delete' -Body { Clear-OwnItem -Path $path }
        }
    }

    if (-not (Test-Path -LiteralPath $InstallFolder)) {
        return
    }

    $others = @(Get-ChildItem -LiteralPath $InstallFolder -Force | Where-Object -FilterScript { $_.Name -notin $names })
    if ($others.Count -gt 0) {
        Write-Warning -Message "$InstallFolder is kept with what install.ps1 did not put there: $($others.Name -join ', ')"
        return
    }

    Invoke-Step -Item $InstallFolder -Action 'Delete the empty folder' -Body {
        Remove-Item -LiteralPath $InstallFolder -Force -ErrorAction SilentlyContinue
        if (Test-Path -LiteralPath $InstallFolder) {
            Write-Warning -Message "$InstallFolder is empty, but in use, perhaps by a prompt that stands in it. Delete it from elsewhere."
        }
    }
}

function Uninstall-State {
    if ($RemoveState -and (Test-Path -LiteralPath $StateFolder)) {
        Invoke-Step -Item $StateFolder -Action 'Delete the state' -Body { Clear-OwnItem -Path $StateFolder }
    }
    elseif (Test-Path -LiteralPath $StateFolder) {
        if (Test-Path -LiteralPath $BundleFolder) {
            Invoke-Step -Item $BundleFolder -Action 'Delete what the program unpacked' -Body { Clear-OwnItem -Path $BundleFolder }
        }

        Write-Information -MessageData "The state is kept: $StateFolder. To delete it too, run uninstall.ps1 -RemoveState."
    }
}

try {
    if (-not [Environment]::Is64BitProcess) {
        throw "This is a 32-bit PowerShell. Run uninstall.ps1 in $env:SystemRoot\Sysnative\WindowsPowerShell\v1.0\powershell.exe"
    }

    if (-not (Test-Administrator)) {
        throw 'This needs administrator rights. Right-click Windows PowerShell, choose "Run as administrator", and run uninstall.ps1 there.'
    }

    Uninstall-Service
    Uninstall-FirewallRule
    Uninstall-EventSource
    Uninstall-State
    Uninstall-Program
    Write-Information -MessageData ('SMB1 auditing is left as it is. To switch it off: ' +
        'Set-SmbServerConfiguration -AuditSmb1Access $false -Force')
}
catch {
    $Host.UI.WriteErrorLine("uninstall.ps1: $($_.Exception.GetBaseException().Message)")
    exit 1
}

# Else the exit code of the last program that was run would be left as that of this script.
exit 0

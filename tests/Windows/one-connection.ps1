#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Makes one SMB1 connection to this machine's own SMB server, and expects event log, counters and check to agree.
.DESCRIPTION
For a Windows machine on which install.ps1 has installed smb1-exporter. The connection is a real SMB1 negotiate to port 445. Where SMB1 is on, it
leaves event 3000; where SMB1 is off or not installed, event 1001, and 3000 if Windows names the client that it refused.
Ends with exit code 1 when they do not agree.
.PARAMETER Port
The port of smb1-exporter.
.EXAMPLE
.\one-connection.ps1
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 65535)]
    [int] $Port = 10445
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Negotiate Protocol with the one dialect that only SMB1 has ([MS-CIFS] 2.2.4.52), in a session message of the NetBIOS session service.
$Negotiate = [byte[]](
    0x00, 0x00, 0x00, 0x2f,                                              # session message, 47 bytes
    0xff, 0x53, 0x4d, 0x42, 0x72,                                        # SMB1, SMB_COM_NEGOTIATE
    0x00, 0x00, 0x00, 0x00, 0x18, 0x01, 0x28,                            # status, flags, flags2
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, # process id (high), signature, reserved
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00,                      # tree, process, user, multiplex id
    0x00, 0x0c, 0x00,                                                    # no words, 12 bytes
    0x02, 0x4e, 0x54, 0x20, 0x4c, 0x4d, 0x20, 0x30, 0x2e, 0x31, 0x32, 0x00) # "NT LM 0.12"

function Send-Negotiate {
    $client = New-Object System.Net.Sockets.TcpClient('127.0.0.1', 445)
    try {
        $stream = $client.GetStream()
        $stream.ReadTimeout = 5000
        $stream.Write($Negotiate, 0, $Negotiate.Length)

        # An answer, or the end of the connection: where SMB1 is refused, Windows says nothing.
        $null = $stream.Read((New-Object byte[] 1024), 0, 1024)
    }
    catch [System.IO.IOException] {
        Write-Verbose "The server ended the connection: $($_.Exception.Message)"
    }
    finally {
        $client.Dispose()
    }
}

function Measure-Event([string] $Channel, [int] $Id) {
    $filter = @{ LogName = "Microsoft-Windows-SMBServer/$Channel"; ProviderName = 'Microsoft-Windows-SMBServer'; Id = $Id }
    @(Get-WinEvent -FilterHashtable $filter -ErrorAction SilentlyContinue).Count
}

function Measure-Series([string] $Name) {
    $text = (Invoke-WebRequest -UseBasicParsing -Uri "http://127.0.0.1:$Port/metrics").Content
    $sum = [long] 0
    foreach ($match in [regex]::Matches($text, "(?m)^$Name\{[^}]*\} (\d+)")) {
        $sum += [long] $match.Groups[1].Value
    }
    $sum
}

# A machine of CI is fresh: it holds no event older than the hour that the first run looks back.
Send-Negotiate
$deadline = (Get-Date).AddMinutes(5)
do {
    # Counters rise after they were scraped and the birth hold of two minutes is over.
    Start-Sleep -Seconds 10
    $attempts = Measure-Event -Channel 'Audit' -Id 3000
    $rejections = Measure-Event -Channel 'Operational' -Id 1001
    $counted = Measure-Series -Name 'smb1_connection_attempts_total'
    $rejected = Measure-Series -Name 'smb1_rejected_connections_total'
    $agree = ($attempts + $rejections -gt 0) -and ($attempts -eq $counted) -and ($rejections -eq $rejected)
} until ($agree -or (Get-Date) -gt $deadline)

Write-Output "Events 3000: $attempts, counted $counted. Events 1001: $rejections, counted $rejected."
& "$env:ProgramFiles\smb1-exporter\smb1-exporter.exe" check
if ($LASTEXITCODE -ne 0 -or -not $agree) {
    Write-Output 'Event log, counters and check do not agree.'
    exit 1
}

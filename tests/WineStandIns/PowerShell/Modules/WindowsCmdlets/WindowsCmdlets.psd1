@{
    RootModule           = 'WindowsCmdlets.psm1'
    ModuleVersion        = '1.0.0.0'
    # Without Core, the engine of PowerShell 7 wants to load what lies in this folder of Windows with Windows PowerShell.
    CompatiblePSEditions = @('Desktop', 'Core')
    GUID                 = '5d0b7c2e-7f25-4d0c-9a44-0e7a4f2c1b1d'
    Author               = 'Smb1Exporter'
    Description          = 'Stands in for cmdlets of Windows PowerShell that the install scripts use and the bare engine does not have.'
    FunctionsToExport    = @(
        'Add-Member', 'ConvertFrom-Json', 'ConvertTo-Json', 'Copy-Item', 'Get-Acl', 'Get-ChildItem', 'Get-FileHash', 'Get-Item', 'Get-ItemProperty',
        'Get-NetFirewallRule', 'Get-Service', 'Get-WinEvent', 'Join-Path', 'Move-Item', 'New-Item', 'New-ItemProperty', 'New-NetFirewallRule',
        'New-Object', 'New-Service', 'Remove-Item', 'Remove-NetFirewallRule', 'Set-Acl', 'Set-NetFirewallRule', 'Start-Service', 'Start-Sleep',
        'Stop-Service', 'Test-Path', 'Write-Information', 'Write-Verbose', 'Write-Warning')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}

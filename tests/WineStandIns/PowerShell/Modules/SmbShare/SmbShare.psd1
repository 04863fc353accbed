@{
    RootModule           = 'SmbShare.psm1'
    ModuleVersion        = '2.0.0.0'
    # Without Core, the engine of PowerShell 7 wants to load what lies in this folder of Windows with Windows PowerShell.
    CompatiblePSEditions = @('Desktop', 'Core')
    GUID                 = 'ab1c4a6a-5c0b-4d3c-a7b5-6bb3cf1a2a4e'
    Author               = 'Smb1Exporter'
    Description          = 'Stands in for the module SmbShare of Windows.'
    FunctionsToExport    = @('Get-SmbServerConfiguration', 'Get-SmbSession', 'Set-SmbServerConfiguration')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}

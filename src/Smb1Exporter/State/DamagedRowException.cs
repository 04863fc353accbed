namespace Smb1Exporter.State;

/// <summary>A row of the state file is not as it was written: the file is damaged.</summary>
internal sealed class DamagedRowException(string message) : Exception(message);

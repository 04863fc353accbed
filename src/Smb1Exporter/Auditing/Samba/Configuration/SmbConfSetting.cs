namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Where something stands.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The number of the line; the first is 1.</param>
internal sealed record SmbConfPlace(string File, int Line)
{
    public override string ToString() => $"{File}, line {Line}";
}

/// <summary>A parameter that leads to other files for other clients, or to one that is not known.</summary>
/// <param name="Written">The parameter as it stands there.</param>
/// <param name="Place">Where.</param>
internal sealed record SmbConfPattern(string Written, SmbConfPlace Place);

/// <summary>A parameter of [global] in smb.conf or in a file that it includes.</summary>
/// <param name="Name">As Samba compares it, see <see cref="SmbConfParameter.Canonical"/>.</param>
/// <param name="Value">As it stands there, a character to a byte.</param>
/// <param name="Place">Where.</param>
/// <param name="Pattern">What leads to it for some clients; null where it is in force for all.</param>
internal sealed record SmbConfSetting(string Name, string Value, SmbConfPlace Place, SmbConfPattern? Pattern);

/// <summary>What differs between clients, or may, and is more than a parameter of [global].</summary>
/// <param name="Pattern">What leads to it.</param>
/// <param name="File">Which file; null where that is not known.</param>
/// <param name="Text">What it is, in words.</param>
internal sealed record SmbConfBlindSpot(SmbConfPattern Pattern, string? File, string Text);

using System.Net;

namespace Smb1Exporter.Probing;

/// <summary>A row of the kernel's list of TCP sockets that listens.</summary>
/// <param name="Address">What it is bound to; an IPv4 address also where an IPv6 socket is bound to the mapped form of one.</param>
/// <param name="Port">The port.</param>
/// <param name="Inode">Its number, by which the descriptors of processes name it; one of a kind on the whole machine.</param>
internal readonly record struct ListeningRow(IPAddress Address, int Port, ulong Inode);

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>The program cannot start or do what it was told; the message names the cause and the remedy and is all that the user sees.</summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);

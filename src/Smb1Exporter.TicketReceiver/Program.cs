using Smb1Exporter.TicketReceiver.Commands;

return await ReceiverCommandLine.RunAsync(args, Console.Out, Console.Error);

using Smb1Exporter.TicketReceiver.Hosting;

return await ReceiverCommandLine.RunAsync(args, Console.Out, Console.Error);

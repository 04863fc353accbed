return await Smb1Exporter.Commands.CommandLine.RunAsync(args, Console.Out, Console.Error);

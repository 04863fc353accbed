return await Smb1Exporter.Commands.CommandLine.RunAsync(args);

using Penstock.Cli;

return await PenstockProgram.RunAsync(args);

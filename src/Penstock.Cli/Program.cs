using Penstock.Cli;

using StopSignals signals = new();
return await new CliApplication(CliEnvironment.OfProcess(signals.Stop, signals.StopNow)).RunAsync(args);

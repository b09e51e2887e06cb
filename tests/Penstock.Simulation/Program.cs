using Penstock.Simulation;

return Arguments.Parse(args) is { } arguments ? arguments.Run() : Arguments.Explain();

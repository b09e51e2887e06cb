using Penstock.Simulation;
using Penstock.Sqlite;

SqliteProcess.SkipMemoryStatistics();
return Arguments.Parse(args) is { } arguments ? arguments.Run() : Arguments.Explain();

using Penstock.CrashHost;

// Usage: Penstock.CrashHost <database> <workload> [<point> <occurrence>]
if (args.Length is not (2 or 4))
{
    Console.Error.WriteLine("Usage: Penstock.CrashHost <database> flow|reap|prune|poison|tick|work [<point> <occurrence>]");
    return 2;
}
await using EngineHost host = await EngineHost.OpenAsync(args[0], args[1], args.Length == 4 ? new Death(args[2], int.Parse(args[3])) : new Death(null, 0));
return await host.RunAsync();

using Penstock.Chaos;

// Without a first word: the whole experiment. With "work": one worker process of it, started by the experiment itself.
if (args is ["work", var number, var settings])
    return await WorkerProgram.RunAsync(int.Parse(number), Settings.Read(settings));
return Arguments.Parse(args) is { } arguments ? await Experiment.RunAsync(arguments) : Arguments.Explain();

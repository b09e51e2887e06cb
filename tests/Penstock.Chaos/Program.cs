using Penstock.Chaos;

// Without a first word: the whole experiment. With "work": one worker process of it, started by the experiment itself.
if (args is ["work", var folder, var number, var slots, var lease, var store])
    return await WorkerProgram.RunAsync(folder, int.Parse(number), int.Parse(slots), int.Parse(lease), store);
return Arguments.Parse(args) is { } arguments ? await Experiment.RunAsync(arguments) : Arguments.Explain();

using Penstock.Cli;
using Penstock.Engine;
using Penstock.Engine.Outcomes;
using WordCount;

return await PenstockProgram.RunAsync(args, Operations.Add);

/// <summary>What this program adds to Penstock; its tests add the same.</summary>
public static class Operations
{
    public static void Add(PenstockBuilder penstock) => penstock.AddOperation<CountWords>(
        CountWords.OperationName, "words", "Counts the words of a text file.",
        new RetryPolicy(MaxAttempts: 3, BaseDelay: TimeSpan.FromSeconds(1), MaxDelay: TimeSpan.FromMinutes(1)));
}

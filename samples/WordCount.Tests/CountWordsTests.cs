using Penstock.TestKit;
using Xunit;

namespace WordCount.Tests;

public sealed class CountWordsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_counts_lines_and_words_and_finds_the_longest()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "one two\n  three \n\nfour", Cancel);

        await using PenstockTestHost host = await PenstockTestHost.StartAsync(Operations.Add, cancellationToken: Cancel);
        JobRun<CountWords.Result> run = await host.RunAsync<CountWords.Result>(
            CountWords.OperationName, new CountWords.Payload(file), Cancel);

        Assert.Equal(new CountWords.Result(Lines: 4, Words: 4, Longest: "three"), run.Result);
    }

    [Fact]
    public async Task A_missing_file_is_tried_three_times_and_becomes_a_dead_letter()
    {
        await using PenstockTestHost host = await PenstockTestHost.StartAsync(Operations.Add, cancellationToken: Cancel);
        // The two waits between the attempts pass in the host's time: this test takes no second.
        JobRun<CountWords.Result> run = await host.RunAsync<CountWords.Result>(
            CountWords.OperationName, new CountWords.Payload("nowhere.txt"), Cancel);

        run.AssertFailed("FileNotFoundException");
        Assert.Equal(3, run.Attempts);
    }
}

using System.Collections.Concurrent;

namespace Penstock.Engine.Exec;

/// <summary>The one thread that starts programs, alive as long as this process.</summary>
/// <remarks>
/// The kernel ends a program "when its parent dies", and by parent it means the thread that started it. A thread of the pool may
/// end at any time and would take the program with it.
/// </remarks>
internal static class ForkThread
{
    private static readonly BlockingCollection<Action> Starts = [];
    private static readonly Lazy<Thread> Runner = new(Begin);

    /// <summary>Runs <paramref name="start"/> on the thread; its exception comes out of the task.</summary>
    public static Task<T> RunAsync<T>(Func<T> start)
    {
        _ = Runner.Value;
        // Its continuations run elsewhere: they would keep others from starting.
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    private static Thread Begin()
    {
        Thread thread = new(() =>
        {
            foreach (Action start in Starts.GetConsumingEnumerable())
                start();
        })
        {
            IsBackground = true,
            Name = "penstock-exec",
        };
        thread.Start();
        return thread;
    }
}

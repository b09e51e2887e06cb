namespace Penstock.Engine.Exec;

/// <summary>What an exit code of a program says about its job.</summary>
public enum ExitMeaning
{
    /// <summary>A failure that another attempt may mend.</summary>
    Retry,

    /// <summary>A failure that no further attempt mends: the job becomes a dead letter at once.</summary>
    Fail,

    /// <summary>The source or device is busy: back to the queue, spending no attempt.</summary>
    Snooze,
}

namespace Penstock.Cli.Connection;

/// <summary>Whether a server started for the length of a command also runs jobs.</summary>
internal enum Workers
{
    /// <summary>It only answers: what is queued stays queued.</summary>
    None,

    /// <summary>It takes jobs, for commands that wait for one.</summary>
    Run,
}

namespace Penstock.Cli;

/// <summary>What the program answers to its caller; part of its contract.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The job or the command failed.</summary>
    public const int Failed = 1;

    /// <summary>The input was refused: by the server (4xx), or by a check before.</summary>
    public const int Refused = 2;

    public const int ServerNotReachable = 3;

    /// <summary>The command line itself is wrong (EX_USAGE of sysexits.h).</summary>
    public const int Usage = 64;

    /// <summary>Ended by the user (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}

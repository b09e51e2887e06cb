using System.Security.Cryptography;

namespace Penstock.Cli.Commands;

/// <summary>Where a new password comes from: stdin, a person, or chance.</summary>
internal static class NewPassword
{
    /// <summary>Without letters and digits that look alike. 20 of these 55 are 115 bits.</summary>
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int Length = 20;

    /// <returns>Invented: nobody knows it yet, so it has to be shown.</returns>
    public static (string Password, bool Invented) Choose(CommandRun run, bool fromIn)
    {
        if (fromIn)
        {
            string line = run.Environment.In.ReadLine() ?? "";
            return line.Length > 0 ? (line, false) : throw new UsageException("--password-stdin was given, but stdin is empty.");
        }
        if (!run.Environment.InIsTerminal || !run.Environment.ErrorIsTerminal)
            return (RandomNumberGenerator.GetString(Alphabet, Length), true);

        run.Environment.Error.Write("New password (empty: make one): ");
        string first = run.Environment.ReadSecret();
        if (first.Length == 0)
            return (RandomNumberGenerator.GetString(Alphabet, Length), true);
        run.Environment.Error.Write("Once more: ");
        return run.Environment.ReadSecret() == first ? (first, false) : throw new UsageException("The two passwords differ; nothing was changed.");
    }
}

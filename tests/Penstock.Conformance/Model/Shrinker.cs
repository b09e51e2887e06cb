namespace Penstock.Conformance.Model;

/// <summary>Makes a failing sequence short: leaves out ever smaller runs of commands while it still fails (delta debugging).</summary>
internal static class Shrinker
{
    /// <summary>So many tries at most: a repro that is good enough now is worth more than a minimal one later.</summary>
    private const int TriesMax = 1_500;

    /// <param name="fails">What is wrong with a sequence, or null.</param>
    public static async Task<(IReadOnlyList<Command> Commands, string Wrong)> ShrinkAsync(
        IReadOnlyList<Command> commands, string wrong, Func<IReadOnlyList<Command>, Task<string?>> fails)
    {
        int tries = 0;
        for (int length = commands.Count / 2; length >= 1; length = length == 1 ? 0 : length / 2)
        {
            bool shorter = true;
            while (shorter && tries < TriesMax)
            {
                shorter = false;
                for (int at = 0; at + length <= commands.Count && tries < TriesMax; tries++)
                {
                    List<Command> fewer = [.. commands.Take(at), .. commands.Skip(at + length)];
                    string? still = await fails(fewer);
                    if (still is null)
                        at += length;
                    else
                        (commands, wrong, shorter) = (fewer, still, true);
                }
            }
        }
        return (commands, wrong);
    }
}

namespace Penstock.Engine.Enqueueing;

/// <summary>What becomes of a job when one that it depends on fails, is cancelled or is deleted.</summary>
public enum DependencyFailurePolicy
{
    /// <summary>It is cancelled too, and those that depend on it by their own policies.</summary>
    Cancel,

    /// <summary>It runs all the same: what matters is that the other has ended.</summary>
    Run,

    /// <summary>It stays blocked until the other is redriven and succeeds, or someone unblocks or cancels it.</summary>
    Hold,
}

/// <summary>The lower-case texts of <see cref="DependencyFailurePolicy"/> in SQL and JSON.</summary>
public static class DependencyFailureText
{
    private static readonly string[] Texts = ["cancel", "run", "hold"];

    public static IReadOnlyList<string> All => Texts;

    public static string ToText(this DependencyFailurePolicy policy) => Texts[(int)policy];

    /// <param name="text">Null: the default, <see cref="DependencyFailurePolicy.Cancel"/>.</param>
    /// <exception cref="InvalidJobException"/>
    public static DependencyFailurePolicy Parse(string? text) => Array.IndexOf(Texts, text ?? Texts[0]) switch
    {
        < 0 => throw new InvalidJobException($"on_dependency_failure is '{text}'; it must be one of {string.Join(", ", Texts)}."),
        int index => (DependencyFailurePolicy)index,
    };
}

namespace Penstock.Proteins.Evaluation;

/// <summary>How predicted scores reach the ancestors of a term.</summary>
public enum ScorePropagation
{
    /// <summary>An ancestor takes the maximum of its own score and its children's.</summary>
    Max,

    /// <summary>Only an ancestor without a score of its own (absent, or 0) takes the maximum of its children's.</summary>
    Fill,
}

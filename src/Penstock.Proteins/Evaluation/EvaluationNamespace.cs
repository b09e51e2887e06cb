using System.Runtime.CompilerServices;

namespace Penstock.Proteins.Evaluation;

/// <summary>The terms of one namespace, numbered in file order, with their parents inside it.</summary>
internal sealed class EvaluationNamespace
{
    /// <param name="keys">For each term its number among all ids of the file.</param>
    /// <param name="parents">Row of a term: its parents. Repeats are harmless.</param>
    public EvaluationNamespace(string name, int[] keys, IntRows parents)
    {
        Name = name;
        Keys = keys;
        Parents = parents;
        Rank = new int[keys.Length];
        FirstInCycle = RankChildrenFirst();
        IsOfInterest = new bool[keys.Length];
        Accretion = [];
    }

    public string Name { get; }

    public int[] Keys { get; }

    public int TermCount => Keys.Length;

    public IntRows Parents { get; }

    /// <summary>Position of a term in an order that has every child before its parents.</summary>
    public int[] Rank { get; }

    /// <summary>A term on a cycle, or -1.</summary>
    public int FirstInCycle { get; }

    /// <summary>Terms the unweighted measures look at.</summary>
    public bool[] IsOfInterest { get; }

    /// <summary>Weight of each term the weighted measures look at, 0 for the others; empty without weights.</summary>
    public double[] Accretion { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int RankChildrenFirst()
    {
        int[] open = new int[TermCount];
        for (int term = 0; term < TermCount; term++)
        {
            foreach (int parent in Parents[term])
                open[parent]++;
        }
        int[] order = new int[TermCount];
        int end = 0;
        for (int term = 0; term < TermCount; term++)
        {
            if (open[term] == 0)
                order[end++] = term;
        }
        for (int next = 0; next < end; next++)
        {
            Rank[order[next]] = next;
            foreach (int parent in Parents[order[next]])
            {
                if (--open[parent] == 0)
                    order[end++] = parent;
            }
        }
        return end == TermCount ? -1 : Array.FindIndex(open, count => count > 0);
    }
}

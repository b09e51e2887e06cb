using System.Runtime.CompilerServices;
using Penstock.Proteins.Files;
using Penstock.Proteins.Input;

namespace Penstock.Proteins.Evaluation;

/// <summary>Files with one term a line: information accretion with its value, and terms of interest.</summary>
internal static class TermValues
{
    /// <summary>Values of an information accretion file by term id; a later line wins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (Utf8Keys Ids, List<double> Values) ReadAccretion(InputFile file)
    {
        Utf8Keys ids = new(64 * 1024);
        List<double> values = new(64 * 1024);
        try
        {
            using Utf8LineReader lines = new(CompressedInput.Open(file.Open()));
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                ReadOnlySpan<byte> id = Utf8Tokens.Next(ref line);
                if (id.IsEmpty)
                    continue;
                if (!Utf8Tokens.TryParseNumber(Utf8Tokens.Next(ref line), out double value))
                    throw EvaluationException.LineInvalid(file.Name, lines.LineNumber, "has no number after the term");
                int number = ids.Add(id);
                if (number == values.Count)
                    values.Add(value);
                else
                    values[number] = value;
            }
        }
        catch (Exception cause) when (DamagedInput.Is(cause))
        {
            throw EvaluationException.Unreadable(file.Name, cause);
        }
        return (ids, values);
    }

    /// <summary>Gives every term its weight: 0 without a value, for one that is not finite, and for one below 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SetAccretion(EvaluationOntology ontology, (Utf8Keys Ids, List<double> Values) accretion)
    {
        foreach (EvaluationNamespace ns in ontology.Namespaces)
        {
            double[] weights = new double[ns.TermCount];
            for (int term = 0; term < weights.Length; term++)
            {
                int number = accretion.Ids.Find(ontology.Ids.BytesOf(ns.Keys[term]));
                double value = number < 0 ? 0 : accretion.Values[number];
                weights[term] = double.IsFinite(value) && value > 0 ? value : 0;
            }
            ns.Accretion = weights;
        }
    }

    /// <summary>Chooses the terms measures look at: all or those with parents, and of these only the ones in the file.</summary>
    public static void SetInterest(EvaluationOntology ontology, TermResolver terms, InputFile? file, bool noOrphans)
    {
        foreach (EvaluationNamespace ns in ontology.Namespaces)
        {
            for (int term = 0; term < ns.TermCount; term++)
                ns.IsOfInterest[term] = !noOrphans || ns.Parents[term].Length > 0;
        }
        if (file is null)
            return;
        bool[][] listed = [.. ontology.Namespaces.Select(ns => new bool[ns.TermCount])];
        ReadListed(file, terms, listed);
        for (int i = 0; i < listed.Length; i++)
        {
            EvaluationNamespace ns = ontology.Namespaces[i];
            for (int term = 0; term < ns.TermCount; term++)
            {
                ns.IsOfInterest[term] &= listed[i][term];
                if (ns.Accretion.Length > 0 && !listed[i][term])
                    ns.Accretion[term] = 0;
            }
        }
    }

    private static void ReadListed(InputFile file, TermResolver terms, bool[][] listed)
    {
        try
        {
            using Utf8LineReader lines = new(CompressedInput.Open(file.Open()));
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                foreach ((int ns, int term) in terms.Resolve(Utf8Tokens.Next(ref line)))
                    listed[ns][term] = true;
            }
        }
        catch (Exception cause) when (DamagedInput.Is(cause))
        {
            throw EvaluationException.Unreadable(file.Name, cause);
        }
    }
}

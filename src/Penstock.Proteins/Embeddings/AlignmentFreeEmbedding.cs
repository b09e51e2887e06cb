using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Penstock.Proteins.Embeddings;

/// <summary>The built-in embedding: what a protein is made of, without a model and without anything to download.</summary>
/// <remarks>
/// <para><b>What it computes.</b> 512 float32 values of length 1, from two parts.</para>
/// <para>Values 0..19, composition: for each amino acid (alphabetical by letter) the square root of its fraction among the
/// known residues, minus the square root of its mean fraction in Swiss-Prot; scaled to length 1, then weighted 0.45.</para>
/// <para>Values 20..511, words: the residues in 15 classes (I L M V; F Y; K R; the others alone) at the places of the
/// patterns <c>11011</c> and <c>110101</c>, at every position. Each distinct word adds the square root of its count, with a
/// sign, to one of 492 places; place and sign are a fixed hash of the word (feature hashing, Weinberger et al., ICML 2009).
/// Scaled to length 1 and weighted 1. The whole is then scaled to length 1.</para>
/// <para>Lower case counts as upper. B is read as D, Z as E, J as L, U as C, O as K; every other letter is unknown: it is
/// left out of the composition, and no word contains it. Without a known residue the vector is zero, which
/// is at cosine distance 1 from everything.</para>
/// <para><b>What it is not.</b> It is no protein language model: it knows nothing of structure, nor of substitution beyond
/// the classes. It finds relatives that share words; between remote ones nearness says little. Patterns and weight were
/// chosen by how many GO terms the nearest other protein shares, among 20,000 of Swiss-Prot. Scores from it and from a
/// model's embedding are not comparable.</para>
/// <para>The same to the last bit on every machine: sums are in double and in a fixed order.</para>
/// </remarks>
public static class AlignmentFreeEmbedding
{
    public const int Dimension = 512;

    /// <summary>The name under which its vectors are stored; it changes with the numbers it gives.</summary>
    public const string ModelName = "penstock/alignment-free-512-v1";

    private const int CompositionLength = 20;
    private const int WordPlaces = Dimension - CompositionLength;
    private const double CompositionWeight = 0.45;
    private const int ClassCount = 15;
    private const int WordLetters = 4;
    private const int WordsPerPattern = ClassCount * ClassCount * ClassCount * ClassCount;
    private const byte Unknown = 0xff;

    private const string Letters = "ACDEFGHIKLMNPQRSTVWY";

    /// <summary>The class of each letter of <see cref="Letters"/>.</summary>
    private const string Classes = "ABCDEFGHIHHJKLIMNHOE";

    /// <summary>Mean fractions in Swiss-Prot, in the order of <see cref="Letters"/>.</summary>
    private static readonly double[] Background =
    [
        0.0825, 0.0138, 0.0546, 0.0672, 0.0386, 0.0707, 0.0227, 0.0591, 0.0580, 0.0965,
        0.0241, 0.0406, 0.0474, 0.0393, 0.0553, 0.0665, 0.0536, 0.0686, 0.0110, 0.0292,
    ];

    /// <summary>Where in a window the letters of a word stand.</summary>
    private static readonly int[][] Patterns = [[0, 1, 3, 4], [0, 1, 3, 5]];

    private static readonly byte[] LetterOf = LetterTable();

    public static float[] Embed(ReadOnlySpan<char> residues)
    {
        var vector = new float[Dimension];
        Embed(residues, vector);
        return vector;
    }

    /// <param name="vector">Output, <see cref="Dimension"/> values.</param>
    public static void Embed(ReadOnlySpan<char> residues, Span<float> vector)
    {
        if (vector.Length != Dimension)
            throw new ArgumentException($"The embedding has {Dimension} values, not {vector.Length}.", nameof(vector));
        byte[] letters = ArrayPool<byte>.Shared.Rent(residues.Length);
        int[] words = ArrayPool<int>.Shared.Rent(residues.Length * Patterns.Length);
        try
        {
            for (int i = 0; i < residues.Length; i++)
                letters[i] = residues[i] < LetterOf.Length ? LetterOf[residues[i]] : Unknown;
            Span<double> sums = stackalloc double[Dimension];
            sums.Clear();
            ReadOnlySpan<byte> known = letters.AsSpan(0, residues.Length);
            AddComposition(known, sums[..CompositionLength]);
            AddWords(known, words, sums[CompositionLength..]);
            ToUnitLength(sums, 1);
            for (int d = 0; d < Dimension; d++)
                vector[d] = (float)sums[d];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(letters);
            ArrayPool<int>.Shared.Return(words);
        }
    }

    private static void AddComposition(ReadOnlySpan<byte> letters, Span<double> sums)
    {
        int known = 0;
        foreach (byte letter in letters)
        {
            if (letter == Unknown)
                continue;
            sums[letter]++;
            known++;
        }
        if (known == 0)
            return;
        for (int letter = 0; letter < CompositionLength; letter++)
            sums[letter] = Math.Sqrt(sums[letter] / known) - Math.Sqrt(Background[letter]);
        ToUnitLength(sums, CompositionWeight);
    }

    private static void AddWords(ReadOnlySpan<byte> letters, int[] buffer, Span<double> sums)
    {
        int count = 0;
        for (int pattern = 0; pattern < Patterns.Length; pattern++)
        {
            int[] places = Patterns[pattern];
            for (int start = 0; start + places[^1] < letters.Length; start++)
            {
                int word = WordAt(letters[start..], places);
                if (word >= 0)
                    buffer[count++] = pattern * WordsPerPattern + word;
            }
        }
        // Sorted, so that equal words stand together and the sums are added in one order.
        Span<int> words = buffer.AsSpan(0, count);
        words.Sort();
        for (int start = 0; start < count;)
        {
            int end = start + 1;
            while (end < count && words[end] == words[start])
                end++;
            (int place, int sign) = Hash(words[start]);
            sums[place] += sign * Math.Sqrt(end - start);
            start = end;
        }
        ToUnitLength(sums, 1);
    }

    private static int WordAt(ReadOnlySpan<byte> window, int[] places)
    {
        int word = 0;
        for (int i = 0; i < WordLetters; i++)
        {
            byte letter = window[places[i]];
            if (letter == Unknown)
                return -1;
            word = word * ClassCount + (Classes[letter] - 'A');
        }
        return word;
    }

    /// <summary>The finalizer of SplitMix64: place by the high bits, sign by the lowest.</summary>
    private static (int Place, int Sign) Hash(int word)
    {
        ulong mixed = (ulong)(word + 1) * 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        mixed ^= mixed >> 31;
        return ((int)Math.BigMul(mixed, WordPlaces, out _), (mixed & 1) == 0 ? 1 : -1);
    }

    private static void ToUnitLength(Span<double> values, double length)
    {
        double squared = 0;
        foreach (double value in values)
            squared += value * value;
        if (squared == 0)
            return;
        double scale = length / Math.Sqrt(squared);
        // Each value on its own, so the width of the registers does not change the result.
        Span<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(values);
        for (int i = 0; i < wide.Length; i++)
            wide[i] *= scale;
        for (int i = wide.Length * Vector<double>.Count; i < values.Length; i++)
            values[i] *= scale;
    }

    private static byte[] LetterTable()
    {
        var table = new byte[128];
        Array.Fill(table, Unknown);
        (char Written, char Read)[] ambiguous = [('B', 'D'), ('Z', 'E'), ('J', 'L'), ('U', 'C'), ('O', 'K')];
        foreach ((char written, char read) in Letters.Select(letter => (letter, letter)).Concat(ambiguous))
        {
            byte letter = (byte)Letters.IndexOf(read, StringComparison.Ordinal);
            table[written] = letter;
            table[char.ToLowerInvariant(written)] = letter;
        }
        return table;
    }
}

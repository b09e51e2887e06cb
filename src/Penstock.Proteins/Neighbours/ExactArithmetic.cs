using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Penstock.Proteins.Neighbours;

/// <summary>Sums over float32 vectors in double, the same to the last bit on every machine.</summary>
/// <remarks>
/// Two accumulators of eight doubles, added in one fixed order, whatever registers the machine has. A product of two
/// float32 values is exact in double, so a machine that fuses multiply and add gets the same sum.
/// </remarks>
internal static class ExactArithmetic
{
    private const int Step = 16;

    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float left = ref MemoryMarshal.GetReference(a);
        ref float right = ref MemoryMarshal.GetReference(b);
        Vector512<double> low = Vector512<double>.Zero;
        Vector512<double> high = Vector512<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Step; i += Step)
        {
            Vector512<float> x = Vector512.LoadUnsafe(ref left, (nuint)i);
            Vector512<float> y = Vector512.LoadUnsafe(ref right, (nuint)i);
            low += Vector512.WidenLower(x) * Vector512.WidenLower(y);
            high += Vector512.WidenUpper(x) * Vector512.WidenUpper(y);
        }
        double tail = 0;
        for (; i < a.Length; i++)
            tail += (double)Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        return Sum(low + high) + tail;
    }

    public static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float left = ref MemoryMarshal.GetReference(a);
        ref float right = ref MemoryMarshal.GetReference(b);
        Vector512<double> low = Vector512<double>.Zero;
        Vector512<double> high = Vector512<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Step; i += Step)
        {
            Vector512<float> x = Vector512.LoadUnsafe(ref left, (nuint)i);
            Vector512<float> y = Vector512.LoadUnsafe(ref right, (nuint)i);
            Vector512<double> lower = Vector512.WidenLower(x) - Vector512.WidenLower(y);
            Vector512<double> upper = Vector512.WidenUpper(x) - Vector512.WidenUpper(y);
            low += lower * lower;
            high += upper * upper;
        }
        double tail = 0;
        for (; i < a.Length; i++)
        {
            double difference = (double)Unsafe.Add(ref left, i) - Unsafe.Add(ref right, i);
            tail += difference * difference;
        }
        return Sum(low + high) + tail;
    }

    /// <summary>Euclidean length; NaN where an element is NaN or infinite.</summary>
    public static double Norm(ReadOnlySpan<float> vector)
    {
        double squared = Dot(vector, vector);
        return double.IsFinite(squared) ? Math.Sqrt(squared) : double.NaN;
    }

    // Written out: the order in which a library adds the lanes may change with the machine.
    private static double Sum(Vector512<double> v) => ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

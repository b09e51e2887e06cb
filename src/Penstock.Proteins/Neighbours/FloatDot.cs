using System.Numerics;
using System.Runtime.InteropServices;

namespace Penstock.Proteins.Neighbours;

/// <summary>Dot product of two vectors in float32, four sums at once.</summary>
internal static class FloatDot
{
    public static float Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float left = ref MemoryMarshal.GetReference(a);
        ref float right = ref MemoryMarshal.GetReference(b);
        int width = Vector<float>.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i <= a.Length - 4 * width; i += 4 * width)
        {
            s0 += Vector.LoadUnsafe(ref left, (nuint)i) * Vector.LoadUnsafe(ref right, (nuint)i);
            s1 += Vector.LoadUnsafe(ref left, (nuint)(i + width)) * Vector.LoadUnsafe(ref right, (nuint)(i + width));
            s2 += Vector.LoadUnsafe(ref left, (nuint)(i + 2 * width)) * Vector.LoadUnsafe(ref right, (nuint)(i + 2 * width));
            s3 += Vector.LoadUnsafe(ref left, (nuint)(i + 3 * width)) * Vector.LoadUnsafe(ref right, (nuint)(i + 3 * width));
        }
        float sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}

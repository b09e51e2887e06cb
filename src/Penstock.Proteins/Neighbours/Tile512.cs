using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Penstock.Proteins.Neighbours;

/// <summary>8 rows by 32 queries: 16 of the 32 registers of 512 bits hold sums, which hides the latency of the FMA.</summary>
internal readonly struct Tile512 : IDotTile
{
    private const int Width = 16;

    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    public static int Rows => 8;

    public static int Lanes => 2 * Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ref float rows, nuint stride, ref float panel, int dimension, ref float dots)
    {
        ref float r0 = ref rows;
        ref float r1 = ref Unsafe.Add(ref r0, stride);
        ref float r2 = ref Unsafe.Add(ref r1, stride);
        ref float r3 = ref Unsafe.Add(ref r2, stride);
        ref float r4 = ref Unsafe.Add(ref r3, stride);
        ref float r5 = ref Unsafe.Add(ref r4, stride);
        ref float r6 = ref Unsafe.Add(ref r5, stride);
        ref float r7 = ref Unsafe.Add(ref r6, stride);
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> b4 = default, b5 = default, b6 = default, b7 = default;
        for (nuint d = 0; d < (nuint)dimension; d++)
        {
            Vector512<float> p = Vector512.LoadUnsafe(ref panel);
            Vector512<float> q = Vector512.LoadUnsafe(ref panel, Width);
            panel = ref Unsafe.Add(ref panel, 2 * Width);
            Vector512<float> x = Vector512.Create(Unsafe.Add(ref r0, d));
            a0 = Vector512.FusedMultiplyAdd(x, p, a0);
            b0 = Vector512.FusedMultiplyAdd(x, q, b0);
            x = Vector512.Create(Unsafe.Add(ref r1, d));
            a1 = Vector512.FusedMultiplyAdd(x, p, a1);
            b1 = Vector512.FusedMultiplyAdd(x, q, b1);
            x = Vector512.Create(Unsafe.Add(ref r2, d));
            a2 = Vector512.FusedMultiplyAdd(x, p, a2);
            b2 = Vector512.FusedMultiplyAdd(x, q, b2);
            x = Vector512.Create(Unsafe.Add(ref r3, d));
            a3 = Vector512.FusedMultiplyAdd(x, p, a3);
            b3 = Vector512.FusedMultiplyAdd(x, q, b3);
            x = Vector512.Create(Unsafe.Add(ref r4, d));
            a4 = Vector512.FusedMultiplyAdd(x, p, a4);
            b4 = Vector512.FusedMultiplyAdd(x, q, b4);
            x = Vector512.Create(Unsafe.Add(ref r5, d));
            a5 = Vector512.FusedMultiplyAdd(x, p, a5);
            b5 = Vector512.FusedMultiplyAdd(x, q, b5);
            x = Vector512.Create(Unsafe.Add(ref r6, d));
            a6 = Vector512.FusedMultiplyAdd(x, p, a6);
            b6 = Vector512.FusedMultiplyAdd(x, q, b6);
            x = Vector512.Create(Unsafe.Add(ref r7, d));
            a7 = Vector512.FusedMultiplyAdd(x, p, a7);
            b7 = Vector512.FusedMultiplyAdd(x, q, b7);
        }
        Store(ref dots, 0, a0, b0);
        Store(ref dots, 1, a1, b1);
        Store(ref dots, 2, a2, b2);
        Store(ref dots, 3, a3, b3);
        Store(ref dots, 4, a4, b4);
        Store(ref dots, 5, a5, b5);
        Store(ref dots, 6, a6, b6);
        Store(ref dots, 7, a7, b7);
    }

    public static void Score(ref float dots, float scale, float offset)
    {
        Vector512<float> factor = Vector512.Create(scale);
        Vector512<float> shift = Vector512.Create(offset);
        (Vector512.LoadUnsafe(ref dots) * factor + shift).StoreUnsafe(ref dots);
        (Vector512.LoadUnsafe(ref dots, Width) * factor + shift).StoreUnsafe(ref dots, Width);
    }

    public static uint Above(ref float scores, ref float bounds)
    {
        uint low = (uint)Vector512.GreaterThan(Vector512.LoadUnsafe(ref scores), Vector512.LoadUnsafe(ref bounds))
            .ExtractMostSignificantBits();
        uint high = (uint)Vector512.GreaterThan(Vector512.LoadUnsafe(ref scores, Width), Vector512.LoadUnsafe(ref bounds, Width))
            .ExtractMostSignificantBits();
        return low | (high << Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float dots, nuint row, Vector512<float> first, Vector512<float> second)
    {
        first.StoreUnsafe(ref dots, row * 2 * Width);
        second.StoreUnsafe(ref dots, row * 2 * Width + Width);
    }
}

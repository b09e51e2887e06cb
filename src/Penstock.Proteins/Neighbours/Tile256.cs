using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Penstock.Proteins.Neighbours;

/// <summary>6 rows by 16 queries: 12 of the 16 registers of 256 bits hold sums, 3 the operands.</summary>
internal readonly struct Tile256 : IDotTile
{
    private const int Width = 8;

    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    public static int Rows => 6;

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
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        for (nuint d = 0; d < (nuint)dimension; d++)
        {
            Vector256<float> p = Vector256.LoadUnsafe(ref panel);
            Vector256<float> q = Vector256.LoadUnsafe(ref panel, Width);
            panel = ref Unsafe.Add(ref panel, 2 * Width);
            Vector256<float> x = Vector256.Create(Unsafe.Add(ref r0, d));
            a0 = Vector256.FusedMultiplyAdd(x, p, a0);
            b0 = Vector256.FusedMultiplyAdd(x, q, b0);
            x = Vector256.Create(Unsafe.Add(ref r1, d));
            a1 = Vector256.FusedMultiplyAdd(x, p, a1);
            b1 = Vector256.FusedMultiplyAdd(x, q, b1);
            x = Vector256.Create(Unsafe.Add(ref r2, d));
            a2 = Vector256.FusedMultiplyAdd(x, p, a2);
            b2 = Vector256.FusedMultiplyAdd(x, q, b2);
            x = Vector256.Create(Unsafe.Add(ref r3, d));
            a3 = Vector256.FusedMultiplyAdd(x, p, a3);
            b3 = Vector256.FusedMultiplyAdd(x, q, b3);
            x = Vector256.Create(Unsafe.Add(ref r4, d));
            a4 = Vector256.FusedMultiplyAdd(x, p, a4);
            b4 = Vector256.FusedMultiplyAdd(x, q, b4);
            x = Vector256.Create(Unsafe.Add(ref r5, d));
            a5 = Vector256.FusedMultiplyAdd(x, p, a5);
            b5 = Vector256.FusedMultiplyAdd(x, q, b5);
        }
        Store(ref dots, 0, a0, b0);
        Store(ref dots, 1, a1, b1);
        Store(ref dots, 2, a2, b2);
        Store(ref dots, 3, a3, b3);
        Store(ref dots, 4, a4, b4);
        Store(ref dots, 5, a5, b5);
    }

    public static void Score(ref float dots, float scale, float offset)
    {
        Vector256<float> factor = Vector256.Create(scale);
        Vector256<float> shift = Vector256.Create(offset);
        (Vector256.LoadUnsafe(ref dots) * factor + shift).StoreUnsafe(ref dots);
        (Vector256.LoadUnsafe(ref dots, Width) * factor + shift).StoreUnsafe(ref dots, Width);
    }

    public static uint Above(ref float scores, ref float bounds)
    {
        uint low = Vector256.GreaterThan(Vector256.LoadUnsafe(ref scores), Vector256.LoadUnsafe(ref bounds)).ExtractMostSignificantBits();
        uint high = Vector256.GreaterThan(Vector256.LoadUnsafe(ref scores, Width), Vector256.LoadUnsafe(ref bounds, Width))
            .ExtractMostSignificantBits();
        return low | (high << Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float dots, nuint row, Vector256<float> first, Vector256<float> second)
    {
        first.StoreUnsafe(ref dots, row * 2 * Width);
        second.StoreUnsafe(ref dots, row * 2 * Width + Width);
    }
}

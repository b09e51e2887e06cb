using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Penstock.Proteins.Neighbours;

/// <summary>6 rows by 8 queries in registers of 128 bits; runs everywhere, emulated if need be.</summary>
internal readonly struct Tile128 : IDotTile
{
    private const int Width = 4;

    public static bool IsSupported => true;

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
        Vector128<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector128<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        for (nuint d = 0; d < (nuint)dimension; d++)
        {
            Vector128<float> p = Vector128.LoadUnsafe(ref panel);
            Vector128<float> q = Vector128.LoadUnsafe(ref panel, Width);
            panel = ref Unsafe.Add(ref panel, 2 * Width);
            Vector128<float> x = Vector128.Create(Unsafe.Add(ref r0, d));
            a0 = Vector128.MultiplyAddEstimate(x, p, a0);
            b0 = Vector128.MultiplyAddEstimate(x, q, b0);
            x = Vector128.Create(Unsafe.Add(ref r1, d));
            a1 = Vector128.MultiplyAddEstimate(x, p, a1);
            b1 = Vector128.MultiplyAddEstimate(x, q, b1);
            x = Vector128.Create(Unsafe.Add(ref r2, d));
            a2 = Vector128.MultiplyAddEstimate(x, p, a2);
            b2 = Vector128.MultiplyAddEstimate(x, q, b2);
            x = Vector128.Create(Unsafe.Add(ref r3, d));
            a3 = Vector128.MultiplyAddEstimate(x, p, a3);
            b3 = Vector128.MultiplyAddEstimate(x, q, b3);
            x = Vector128.Create(Unsafe.Add(ref r4, d));
            a4 = Vector128.MultiplyAddEstimate(x, p, a4);
            b4 = Vector128.MultiplyAddEstimate(x, q, b4);
            x = Vector128.Create(Unsafe.Add(ref r5, d));
            a5 = Vector128.MultiplyAddEstimate(x, p, a5);
            b5 = Vector128.MultiplyAddEstimate(x, q, b5);
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
        Vector128<float> factor = Vector128.Create(scale);
        Vector128<float> shift = Vector128.Create(offset);
        (Vector128.LoadUnsafe(ref dots) * factor + shift).StoreUnsafe(ref dots);
        (Vector128.LoadUnsafe(ref dots, Width) * factor + shift).StoreUnsafe(ref dots, Width);
    }

    public static uint Above(ref float scores, ref float bounds)
    {
        uint low = Vector128.GreaterThan(Vector128.LoadUnsafe(ref scores), Vector128.LoadUnsafe(ref bounds)).ExtractMostSignificantBits();
        uint high = Vector128.GreaterThan(Vector128.LoadUnsafe(ref scores, Width), Vector128.LoadUnsafe(ref bounds, Width))
            .ExtractMostSignificantBits();
        return low | (high << Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float dots, nuint row, Vector128<float> first, Vector128<float> second)
    {
        first.StoreUnsafe(ref dots, row * 2 * Width);
        second.StoreUnsafe(ref dots, row * 2 * Width + Width);
    }
}

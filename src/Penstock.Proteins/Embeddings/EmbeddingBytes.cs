using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Penstock.Proteins.Embeddings;

/// <summary>Vectors as little-endian float32 bytes, in the database and, as base64 of these, in messages.</summary>
public static class EmbeddingBytes
{
    /// <summary>Four bytes per value.</summary>
    public static byte[] ToBytes(ReadOnlySpan<float> vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        Write(vector, bytes);
        return bytes;
    }

    public static string ToBase64(ReadOnlySpan<float> vector) => Convert.ToBase64String(ToBytes(vector));

    /// <exception cref="EmbeddingFormatException">The bytes are not whole values.</exception>
    public static float[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(float) != 0)
            throw new EmbeddingFormatException($"{bytes.Length} bytes are not whole float32 values; store the vector again.");
        var vector = new float[bytes.Length / sizeof(float)];
        Read(bytes, vector);
        return vector;
    }

    /// <summary>Reads one vector into its place in a matrix, without an array of its own.</summary>
    /// <exception cref="EmbeddingFormatException">The bytes are not as many values as <paramref name="destination"/> holds.
    /// </exception>
    public static void CopyTo(ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        if (bytes.Length != destination.Length * sizeof(float))
        {
            throw new EmbeddingFormatException(
                $"{bytes.Length} bytes are not a vector of {destination.Length} float32 values; it was stored under another configuration.");
        }
        Read(bytes, destination);
    }

    /// <exception cref="EmbeddingFormatException">The text is not base64, or not whole values.</exception>
    public static float[] FromBase64(string text)
    {
        try
        {
            return FromBytes(Convert.FromBase64String(text));
        }
        catch (FormatException invalid)
        {
            throw new EmbeddingFormatException("The vector is not base64 of float32 values.", invalid);
        }
    }

    private static void Write(ReadOnlySpan<float> vector, Span<byte> bytes)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(vector).CopyTo(bytes);
            return;
        }
        for (int i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], vector[i]);
    }

    private static void Read(ReadOnlySpan<byte> bytes, Span<float> vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(vector));
            return;
        }
        for (int i = 0; i < vector.Length; i++)
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }
}

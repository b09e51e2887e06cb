using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Penstock.Proteins.Sequences;

/// <summary>The key by which equal sequences are stored once.</summary>
public static class SequenceHash
{
    /// <summary>Lower-case hex MD5 of the UTF-8 bytes of the residues exactly as stored; 32 characters.</summary>
    /// <remarks>MD5 because UniProt, InterPro and earlier databases key sequences by it; it guards nothing.</remarks>
    public static string Of(string residues)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(residues.Length));
        try
        {
            int length = Encoding.UTF8.GetBytes(residues, bytes);
            Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // An identity that other databases share, not a protection.
            MD5.HashData(bytes.AsSpan(0, length), hash);
#pragma warning restore CA5351
            return Convert.ToHexStringLower(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}

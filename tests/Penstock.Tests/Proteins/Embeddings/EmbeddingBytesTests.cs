using Penstock.Proteins.Embeddings;
using Xunit;

namespace Penstock.Tests.Proteins.Embeddings;

public class EmbeddingBytesTests
{
    [Fact]
    public void Values_are_little_endian()
    {
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], EmbeddingBytes.ToBytes([1f, -2f]));
        Assert.Equal("AACAPwAAAMA=", EmbeddingBytes.ToBase64([1f, -2f]));
    }

    [Fact]
    public void Every_value_survives_the_way_there_and_back()
    {
        float[] vector = [0f, -0f, float.MaxValue, float.Epsilon, float.NaN, float.NegativeInfinity, 0.1f];
        Assert.Equal(vector.Select(BitConverter.SingleToInt32Bits), EmbeddingBytes.FromBytes(EmbeddingBytes.ToBytes(vector)).Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(vector.Select(BitConverter.SingleToInt32Bits), EmbeddingBytes.FromBase64(EmbeddingBytes.ToBase64(vector)).Select(BitConverter.SingleToInt32Bits));
        var row = new float[7];
        EmbeddingBytes.CopyTo(EmbeddingBytes.ToBytes(vector), row);
        Assert.Equal(0.1f, row[6]);
    }

    [Fact]
    public void Bytes_that_are_no_vector_are_refused()
    {
        Assert.Equal("embedding-format-invalid", Assert.Throws<EmbeddingFormatException>(() => EmbeddingBytes.FromBytes(new byte[5])).Code);
        Assert.Throws<EmbeddingFormatException>(() => EmbeddingBytes.FromBase64("not base64!"));
        Assert.Throws<EmbeddingFormatException>(() => EmbeddingBytes.CopyTo(new byte[8], new float[3]));
    }
}

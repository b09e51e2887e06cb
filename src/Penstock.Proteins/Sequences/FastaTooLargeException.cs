using Penstock.Engine;

namespace Penstock.Proteins.Sequences;

/// <summary>The FASTA text, unpacked, is longer than the limit.</summary>
public sealed class FastaTooLargeException(long bytesMax) : PenstockException(
    "fasta-too-large",
    $"The FASTA text is larger than {bytesMax} bytes (unpacked). Split it into several query sets.")
{
    public override ErrorKind Kind => ErrorKind.TooLarge;
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Penstock.Testing;

/// <summary>Reads a NumPy .npy file of float32 or float16, C order, one or two dimensions, into float32.</summary>
public static partial class NpyReader
{
    /// <returns>The values row by row, and the length of a row (1 for a one-dimensional array).</returns>
    public static (float[] Values, int Columns) Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < 10 || bytes[0] != 0x93 || Encoding.ASCII.GetString(bytes, 1, 5) != "NUMPY")
            throw new InvalidDataException($"{path} is not an .npy file.");
        bool isFirstVersion = bytes[6] == 1;
        int headerLength = isFirstVersion ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)) : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        int headerStart = isFirstVersion ? 10 : 12;
        string header = Encoding.ASCII.GetString(bytes, headerStart, headerLength);
        Match match = Header().Match(header);
        if (!match.Success)
            throw new InvalidDataException($"{path} is not a C-ordered array of float32 or float16: {header}");

        int[] shape = [.. match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        int size = match.Groups["type"].Value == "f4" ? 4 : 2;
        ReadOnlySpan<byte> data = bytes.AsSpan(headerStart + headerLength);
        var values = new float[shape.Aggregate(1, (product, length) => product * length)];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> value = data.Slice(i * size, size);
            values[i] = size == 4 ? BinaryPrimitives.ReadSingleLittleEndian(value) : (float)BinaryPrimitives.ReadHalfLittleEndian(value);
        }
        return (values, shape.Length == 2 ? shape[1] : 1);
    }

    [GeneratedRegex(@"'descr': '<(?<type>f4|f2)', 'fortran_order': False, 'shape': \((?<shape>[0-9, ]+)\)")]
    private static partial Regex Header();
}

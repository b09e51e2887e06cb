using System.IO.Compression;
using System.Text;
using Penstock.Testing;

namespace Penstock.EndToEnd.Samples;

/// <summary>Wrong files, as people and broken downloads make them.</summary>
internal static class InputFiles
{
    public const string FastaWithDuplicates = ">A1\nMKTAYIAKQR\n>A2\nMKTAYI\n>A1\nMKT\n";
    public const string OboWithoutVersion = "format-version: 1.2\n\n[Term]\nid: GO:0008150\nname: biological_process\nnamespace: biological_process\n";
    public const string NotFasta = "accession,sequence\nA1,MKTAYIAKQR\n";

    private static readonly string Folder = TestFolder.New();

    public static byte[] FastaNotUtf8 => [.. Encoding.ASCII.GetBytes(">A1 "), 0xC3, 0x28, .. Encoding.ASCII.GetBytes("\nMKTAYIAKQR\n")];

    /// <summary>Gzip whose second half never arrived.</summary>
    public static byte[] Truncated(string text)
    {
        using MemoryStream whole = new();
        using (GZipStream gzip = new(whole, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.ASCII.GetBytes(text));
        return whole.ToArray()[..(int)(whole.Length / 2)];
    }

    /// <summary>FASTA of one sequence, of so many bytes.</summary>
    public static byte[] FastaOf(int bytes)
    {
        byte[] text = new byte[bytes];
        text.AsSpan().Fill((byte)'A');
        ">LONG\n"u8.CopyTo(text);
        for (int i = 80; i < bytes; i += 80)
            text[i] = (byte)'\n';
        return text;
    }

    public static string Path(string name, byte[] content)
    {
        string path = System.IO.Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public static string Path(string name, string content) => Path(name, Encoding.ASCII.GetBytes(content));
}

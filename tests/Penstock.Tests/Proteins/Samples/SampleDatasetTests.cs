using Penstock.Proteins.Samples;
using Xunit;

namespace Penstock.Tests.Proteins.Samples;

public sealed class SampleDatasetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("penstock-sample-").FullName;

    [Fact]
    public void The_same_seed_gives_the_same_files_and_another_seed_others()
    {
        SampleFiles first = SampleDataset.Write(Path.Combine(_folder, "a"));
        SampleFiles again = SampleDataset.Write(Path.Combine(_folder, "b"));
        SampleFiles other = SampleDataset.Write(Path.Combine(_folder, "c"), seed: 1);
        foreach (Func<SampleFiles, string> file in (Func<SampleFiles, string>[])[f => f.Ontology, f => f.Fasta, f => f.Older, f => f.Newer, f => f.Queries])
        {
            Assert.Equal(File.ReadAllBytes(file(first)), File.ReadAllBytes(file(again)));
            Assert.NotEqual(File.ReadAllBytes(file(first)), File.ReadAllBytes(file(other)));
        }
    }

    [Fact]
    public void Nothing_known_in_2020_is_forgotten_in_2024()
    {
        SampleFiles files = SampleDataset.Write(_folder);
        static HashSet<string> Rows(string path) =>
            [.. File.ReadLines(path).Where(line => line[0] != '!').Select(line => string.Join('\t', line.Split('\t')[1..12]))];
        HashSet<string> older = Rows(files.Older);
        Assert.Subset(Rows(files.Newer), older);
        Assert.True(Rows(files.Newer).Count > older.Count * 1.2);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd.Docs;

/// <summary>The code of the documentation is code that compiles: a page shows what stands in a source file, or the test fails.</summary>
public sealed class SnippetTests
{
    [Fact]
    public void Every_page_shows_its_code_as_it_is_compiled()
    {
        List<string> stale = [];
        foreach (DocPage page in DocPage.All)
        {
            List<string> lines = [.. page.Lines];
            foreach (DocBlock block in page.Blocks.Reverse())
            {
                if (block.Marker("snippet") is not { } marker)
                    continue;
                string[] source = SnippetSource.Read(marker.Name);
                if (source.SequenceEqual(block.Lines))
                    continue;
                stale.Add($"{page.Path}:{block.FirstLine} differs from {marker.Name}");
                lines.RemoveRange(block.FirstLine, block.Lines.Length);
                lines.InsertRange(block.FirstLine, source);
            }
            if (Environment.GetEnvironmentVariable("PENSTOCK_ACCEPT") == "1" && !lines.SequenceEqual(page.Lines))
                File.WriteAllText(Path.Combine(Repository.Root, page.Path), string.Join('\n', lines) + "\n");
        }
        if (Environment.GetEnvironmentVariable("PENSTOCK_ACCEPT") != "1")
            Assert.Empty(stale);
    }

    [Fact]
    public void No_page_shows_code_that_nobody_compiles() => Assert.Empty(
        from page in DocPage.All
        from block in page.Blocks
        where block.Language is "csharp" or "cs" or "python" && block.Marker("snippet") is null
        select $"{page.Path}:{block.FirstLine}");
}

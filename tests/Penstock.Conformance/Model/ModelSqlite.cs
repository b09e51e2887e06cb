using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Model;

public sealed class ModelInMemory(ITestOutputHelper output) : ModelConformance(output)
{
    protected override int Sequences => 300;

    protected override string NewStorePath() => ":memory:";
}

public sealed class ModelInSqliteFile(ITestOutputHelper output) : ModelConformance(output)
{
    // Each write waits for the disk.
    protected override int Sequences => 20;

    protected override string NewStorePath() => TestFolder.NewFile("penstock.db");
}

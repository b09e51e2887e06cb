using Penstock.Testing;

namespace Penstock.Conformance.Stores;

// The suites over SQLite: each topic once in memory and once in a file.
public sealed class EnqueueInMemory : EnqueueConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class EnqueueInSqliteFile : EnqueueConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class LeaseInMemory : LeaseConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class LeaseInSqliteFile : LeaseConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class OutcomeInMemory : OutcomeConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class OutcomeInSqliteFile : OutcomeConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class BatchInMemory : BatchConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class BatchInSqliteFile : BatchConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class DeadLetterInMemory : DeadLetterConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class DeadLetterInSqliteFile : DeadLetterConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class DependencyInMemory : DependencyConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class DependencyInSqliteFile : DependencyConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class UniqueKeyInMemory : UniqueKeyConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class UniqueKeyInSqliteFile : UniqueKeyConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class FlowInMemory : FlowConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class FlowInSqliteFile : FlowConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class LimitInMemory : LimitConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class LimitInSqliteFile : LimitConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class ControlInMemory : ControlConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class ControlInSqliteFile : ControlConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class RedeliveryInMemory : RedeliveryConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class RedeliveryInSqliteFile : RedeliveryConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class SchedulesInMemory : ScheduleConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class SchedulesInSqliteFile : ScheduleConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

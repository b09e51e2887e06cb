namespace Penstock.Sql.Jobs;

/// <summary>What a hint or a claim points at: the <c>kind</c> column of ready, deferred and claim.</summary>
internal static class UnitKind
{
    public const int Job = 0;
    public const int Item = 1;
}

namespace Penstock.Sql.Limits;

/// <summary>A unit's place in its queue: the smallest is the next to run.</summary>
/// <param name="Prio">Minus the priority.</param>
internal readonly record struct Hint(int Prio, int Kind, long Seq) : IComparable<Hint>
{
    public int CompareTo(Hint other) => (Prio, Kind, Seq).CompareTo((other.Prio, other.Kind, other.Seq));
}

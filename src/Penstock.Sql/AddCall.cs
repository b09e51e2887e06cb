namespace Penstock.Sql;

/// <summary>A call that only adds rows. Those of one commit that use the same adder run as one.</summary>
public abstract class AddCall : WriteCall
{
    private protected AddCall(CancellationToken cancellationToken) : base(forCommands: false, cancellationToken)
    {
    }

    public abstract bool IsOneStatement { get; }

    private protected abstract object Adder { get; }

    /// <summary>Of the calls of one commit, those that add by the same adder as one call, then the others.</summary>
    public static IReadOnlyList<WriteCall> Join(IReadOnlyList<WriteCall> calls)
    {
        if (calls.Count == 1 || !calls.Any(c => c is AddCall))
            return calls;
        return
        [
            .. calls.OfType<AddCall>().GroupBy(c => c.Adder, (_, alike) => alike.ToList()).Select(c => c.Count == 1 ? c[0] : c[0].With(c)),
            .. calls.Where(c => c is not AddCall),
        ];
    }

    private protected abstract AddCall With(List<AddCall> alike);
}

internal sealed class AddCall<TRow, TResult>(RowAdder<TRow, TResult> adder, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    : AddCall(cancellationToken)
{
    private readonly TaskCompletionSource<IReadOnlyList<TResult>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<AddCall<TRow, TResult>> _parts = [];
    private IReadOnlyList<TResult> _results = [];

    public Task<IReadOnlyList<TResult>> Completion => _completion.Task;

    public override bool IsOneStatement => rows.Count <= adder.RowsPerStatement;

    private protected override object Adder => adder;

    private IReadOnlyList<TRow> Rows => rows;

    public override async Task RunAsync(SqlSession session, CancellationToken cancellationToken)
    {
        _results = await adder.AddAsync(session, rows, cancellationToken);
        int dealt = 0;
        foreach (AddCall<TRow, TResult> part in _parts)
        {
            part._results = [.. _results.Skip(dealt).Take(part.Rows.Count)];
            dealt += part.Rows.Count;
        }
    }

    private protected override AddCall With(List<AddCall> alike)
    {
        List<AddCall<TRow, TResult>> parts = [.. alike.Cast<AddCall<TRow, TResult>>()];
        return new AddCall<TRow, TResult>(adder, [.. parts.SelectMany(p => p.Rows)], CancellationToken.None) { _parts = parts };
    }

    internal override void Settle()
    {
        if (Error is not null)
            _completion.SetException(Error);
        else
            _completion.SetResult(_results);
    }
}

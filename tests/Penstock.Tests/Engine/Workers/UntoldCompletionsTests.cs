using Penstock.Engine.Storage;
using Penstock.Engine.Workers;
using Xunit;

namespace Penstock.Tests.Engine.Workers;

public sealed class UntoldCompletionsTests
{
    private readonly UntoldCompletions _untold = new();

    [Fact]
    public void Those_of_a_refused_exchange_are_told_alone_and_what_comes_meanwhile_together()
    {
        AddAll(1, 2, 3);
        _untold.Refused(_untold.Next(), new InvalidOperationException());
        List<int> told = [];
        for (int turn = 0; turn < 3; turn++)
        {
            // As fast as it is told one by one, more comes: it must not go on like that for ever.
            AddAll(10 + turn, 20 + turn);
            Completion alone = Assert.Single(_untold.Next());
            told.Add((int)alone.Lease.Seq);
            _untold.Told([alone]);
        }

        Assert.Equal([1, 2, 3], told);
        Assert.Equal(6, _untold.Next().Count);
    }

    [Fact]
    public void One_that_is_refused_again_and_again_lets_the_others_go_and_fails_its_unit_at_last()
    {
        AddAll(1, 2);
        List<long> told = [];
        for (int turn = 0; turn < 20 && _untold.Count > 0; turn++)
        {
            IReadOnlyList<Completion> next = _untold.Next();
            if (next.Any(c => c.Lease.Seq == 1 && c is not Completion.Threw))
                _untold.Refused(next, new InvalidOperationException("too large"));
            else
            {
                told.AddRange(next.Select(c => c.Lease.Seq));
                Assert.All(next, c => Assert.Equal(c.Lease.Seq == 1, c is Completion.Threw { ErrorCode: "end-not-storable", ErrorMessage: "too large" }));
                _untold.Told(next);
            }
        }

        Assert.Equal([2, 1], told);
    }

    private void AddAll(params int[] seqs)
    {
        foreach (int seq in seqs)
        {
            JobLease lease = new(
                new Guid(seq, 0, 0, new byte[8]), seq, "w", 1, 1, "op", "q", "{}", DateTimeOffset.UnixEpoch, 3, 0, 0, null, null);
            _untold.Add(new Completion.Released(lease));
        }
    }
}

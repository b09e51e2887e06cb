using System.Reflection;
using Penstock.Engine.Storage;

namespace Penstock.CrashHost;

/// <summary>The job store, whatever its methods are, with word of each call before it is made.</summary>
public class WatchedStore : DispatchProxy
{
    private IJobStore? _inner;
    private Death? _death;

    internal static IJobStore Of(IJobStore inner, Death death)
    {
        IJobStore store = Create<IJobStore, WatchedStore>();
        ((WatchedStore)(object)store)._inner = inner;
        ((WatchedStore)(object)store)._death = death;
        return store;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        StoreCall call = new(targetMethod!.Name, args!);
        // The operation has returned, and only this process knows of it.
        if (call.Completions.Any(c => c is Completion.JobReturned))
            _death!.At("completion-buffered");
        StoreCall before = StoreCall.Current;
        StoreCall.Current = call;
        try
        {
            return targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        }
        finally
        {
            StoreCall.Current = before;
        }
    }
}

namespace Penstock.Conformance.Model;

/// <summary>Which commands keep the contract of the store; the others are left out, also where shrinking made them so.</summary>
internal static class Sense
{
    public static bool Has(StoreModel model, Command command) => command switch
    {
        Command.Enqueue e => !model.Jobs.ContainsKey(e.Label) && (e.Parent is not { } parent || model.Jobs.ContainsKey(parent))
            && e.DependsOn.All(d => model.Jobs.ContainsKey(d) && d != e.Parent),
        Command.Finish { Ending: Ending.Succeed { Continuation: { } label } } f => !f.Unit.IsItem && !model.Jobs.ContainsKey(label),
        Command.Finish { Ending: Ending.Dispatch { Continuation: { } label } } f => !f.Unit.IsItem && !model.Jobs.ContainsKey(label),
        Command.Finish { Ending: Ending.EffectThrows } f => f.Unit.IsItem,
        Command.Finish { Ending: Ending.Dispatch or Ending.AwaitChildren or Ending.Sleep } f => !f.Unit.IsItem,
        // Never used twice, dead or alive.
        Command.Register r => !model.Workers.ContainsKey(r.Worker) && !model.Units.Any(u => u.Holder == r.Worker),
        Command.Retire r => !model.Units.Any(u => u.Holder == r.Worker),
        Command.Beat or Command.Claim or Command.Recover => true,
        _ => true,
    };
}

using Penstock.Engine.Maintenance;

namespace Penstock.TestKit.Hosting;

/// <summary>Every worker of a host under test lives: the process began at a real time, its workers at one that the test chose.</summary>
internal sealed class LivingProcesses : IProcessList
{
    public string Host => Environment.MachineName;

    public bool IsAlive(int processId, DateTimeOffset registeredAt) => true;
}

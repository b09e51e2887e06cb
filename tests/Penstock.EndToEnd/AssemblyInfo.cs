using Penstock.Testing;
using Xunit;

// Each test has processes of its own that want the whole machine: two at once would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(EndOfRun))]

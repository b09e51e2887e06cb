using Penstock.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(EndOfRun))]

using Microsoft.Extensions.Options;
using Penstock.Client.Health;
using Penstock.Engine;

namespace Penstock.Ops.Health;

/// <summary>The data folder takes writes and has room.</summary>
internal sealed class DiskCheck(IOptions<HealthOptions> options, IdGenerator ids) : IReadinessCheck
{
    public string Name => "disk";

    public async Task<HealthCheckView> CheckAsync(CancellationToken cancellationToken)
    {
        string folder = options.Value.DataFolder;
        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < options.Value.FreeBytesMin)
            return new HealthCheckView(Name, false, $"{free} bytes are free in {folder}; {options.Value.FreeBytesMin} are needed. Free space.");
        // Free space alone says nothing of a file system that went read-only.
        string probe = Path.Combine(folder, $".probe-{ids.NewId()}");
        await File.WriteAllTextAsync(probe, "", cancellationToken);
        File.Delete(probe);
        return new HealthCheckView(Name, true, $"Writable; {free} bytes are free.");
    }
}

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Penstock.Cli.Output;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Doctor;

/// <summary>What the machine gives: the runtime, disk space, the address to listen on.</summary>
internal static class MachineChecks
{
    private const long DiskTooLow = 200L << 20;
    private const long DiskLow = 2L << 30;

    public static Finding Runtime()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        string detail = $".NET {Environment.Version} on {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture}), " +
            $"{Words.Plural(Environment.ProcessorCount, "processor")}, {Words.Bytes(memory.TotalAvailableMemoryBytes)} memory";
        return memory.TotalAvailableMemoryBytes < 512L << 20
            ? Finding.Warning("dotnet", detail, "Embedding and prediction need more memory than this; expect them to fail on large sets.")
            : Finding.Ok("dotnet", detail);
    }

    public static Finding Disk(Workspace workspace)
    {
        long free = new DriveInfo(workspace.DataFolder).AvailableFreeSpace;
        string detail = $"{Words.Bytes(free)} free for {workspace.DataFolder}";
        return free switch
        {
            < DiskTooLow => Finding.Error("disk", detail, "Free some space: below this, commits begin to fail. Old files are in logs/ and backups/."),
            < DiskLow => Finding.Warning("disk", detail, "Free some space, or lower retention.finished_days."),
            _ => Finding.Ok("disk", detail),
        };
    }

    /// <summary>Whether a server could listen where the configuration says.</summary>
    public static Finding Port(EffectiveConfiguration configuration)
    {
        foreach (string url in configuration.Settings.Server.Urls)
        {
            Uri uri = Connection.ServerConnector.ReachableAddress([url]);
            if (uri.Port == 0 || !IPAddress.TryParse(uri.Host == "localhost" ? "127.0.0.1" : uri.Host, out IPAddress? address))
                continue;
            using Socket probe = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                probe.Bind(new IPEndPoint(address, uri.Port));
                probe.Listen(1);
            }
            catch (SocketException error)
            {
                return Finding.Error("port", $"cannot listen on {url}: {error.SocketErrorCode}", "Stop the other program, or choose another address: penstock up --urls http://127.0.0.1:8081");
            }
        }
        return Finding.Ok("port", $"{string.Join(", ", configuration.Settings.Server.Urls)} is free");
    }
}

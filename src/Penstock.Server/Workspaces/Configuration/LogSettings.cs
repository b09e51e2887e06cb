namespace Penstock.Server.Workspaces.Configuration;

public sealed class LogSettings
{
    [Setting("level", "Least level written.", OneOf = ["trace", "debug", "information", "warning", "error"])]
    public string Level { get; set; } = "information";

    [Setting("max_file_bytes", "A log file that grows beyond this is archived.", Min = 65_536, Max = 1L << 40)]
    public long MaxFileBytes { get; set; } = 20L << 20;

    [Setting("files_kept", "Archived log files kept.", Min = 0, Max = 10_000)]
    public int FilesKept { get; set; } = 10;
}

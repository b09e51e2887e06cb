namespace Penstock.Engine.Exec;

/// <summary>Where exec operations start and leave their marks.</summary>
public sealed class ExecOptions
{
    /// <summary>Relative working directories count from here. Default: the present directory of the process.</summary>
    public string BaseFolder { get; set; } = Environment.CurrentDirectory;

    /// <summary>
    /// One small file per running program, by which the leftovers of a killed worker are found and ended. Only this user may be
    /// able to write it. Default: <c>penstock/exec</c> in the user's local data folder.
    /// </summary>
    public string RunFolder { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } local ? local : Path.GetTempPath(), "penstock", "exec");
}

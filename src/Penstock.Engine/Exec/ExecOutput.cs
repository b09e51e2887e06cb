using System.Text;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Exec;

/// <summary>Turns the output of one program into events of its job: gathered, and no more than its limit.</summary>
/// <remarks>Each write is awaited before the next line is read, so a program that writes too fast waits for the store, not the other way round.</remarks>
internal sealed class ExecOutput(ExecDefinition exec, JobContext job)
{
    public const string OutputEvent = "exec.output";
    public const string TruncatedEvent = "exec.output_truncated";
    public const string ProgressEvent = "exec.progress";

    public const int LinesPerEvent = 50;

    /// <summary>Longest line taken in; a result must fit.</summary>
    public const int LineBytesMax = 1 << 20;

    /// <summary>Longest line shown.</summary>
    private const int LineLengthMax = 4_000;

    /// <summary>What an event costs beside its text.</summary>
    private const int EventBytes = 100;

    public static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly List<string> _lines = [];
    private ExecMessage.Advanced? _progress;
    private long _kept;
    private long _pendingSince;
    private bool _isFull;

    /// <summary>JSON of the last result the program told.</summary>
    public string? Result { get; private set; }

    /// <summary>It began a result longer than a line may be.</summary>
    public bool LostResult { get; private set; }
    public bool HasPending => _lines.Count > 0 || _progress is not null;

    /// <summary>Until what is gathered is due.</summary>
    public TimeSpan Due => FlushInterval - job.Time.GetElapsedTime(_pendingSince);

    public async Task TakeAsync(Line line, CancellationToken cancellationToken)
    {
        if (!HasPending)
            _pendingSince = job.Time.GetTimestamp();
        switch (line.IsCut ? null : ExecMessage.Parse(line.Text))
        {
            case ExecMessage.Returned returned:
                (Result, LostResult) = (returned.Result, false);
                break;
            case ExecMessage.Advanced advanced:
                _progress = advanced;
                break;
            case ExecMessage.Told told:
                await TellAsync(told, cancellationToken);
                break;
            default:
                LostResult |= line.IsCut && line.Text.StartsWith("{\"result\"", StringComparison.Ordinal);
                await KeepAsync(line, cancellationToken);
                break;
        }
        if (_lines.Count >= LinesPerEvent || (HasPending && Due <= TimeSpan.Zero))
            await FlushAsync(cancellationToken);
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_lines.Count > 0)
        {
            await job.EmitAsync(OutputEvent, new { stream = "stdout", lines = _lines }, cancellationToken, message: _lines[^1]);
            _lines.Clear();
        }
        if (_progress is { } progress)
        {
            _progress = null;
            await job.ProgressAsync(
                ProgressEvent, progress.Progress.Current, progress.Progress.Total,
                new { current = progress.Progress.Current, total = progress.Progress.Total }, cancellationToken, progress.Message);
        }
    }

    private async Task TellAsync(ExecMessage.Told told, CancellationToken cancellationToken)
    {
        if (!await HasRoomAsync(EventBytes + told.Fields.Length + (told.Message?.Length ?? 0), cancellationToken))
            return;
        await FlushAsync(cancellationToken); // What was said before stands before it.
        using System.Text.Json.JsonDocument fields = System.Text.Json.JsonDocument.Parse(told.Fields);
        await job.EmitAsync(told.Name, fields.RootElement, cancellationToken, told.Message, told.Level);
    }

    private async Task KeepAsync(Line line, CancellationToken cancellationToken)
    {
        string text = line.Text.Length > LineLengthMax ? line.Text[..LineLengthMax] + "…" : line.Text;
        if (await HasRoomAsync(Encoding.UTF8.GetByteCount(text) + 1, cancellationToken))
            _lines.Add(text);
    }

    private async Task<bool> HasRoomAsync(int bytes, CancellationToken cancellationToken)
    {
        if (!_isFull && _kept + bytes <= exec.OutputBytesMax)
        {
            _kept += bytes;
            return true;
        }
        if (_isFull)
            return false;
        _isFull = true;
        await FlushAsync(cancellationToken);
        await job.EmitAsync(
            TruncatedEvent, new { kept_bytes = _kept, limit_bytes = exec.OutputBytesMax }, cancellationToken,
            $"The program wrote more than {exec.OutputBytesMax} bytes; the rest of this attempt's output is not kept.", JobEventLevel.Warning);
        return false;
    }
}

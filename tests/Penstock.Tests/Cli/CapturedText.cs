using System.Text;

namespace Penstock.Tests.Cli;

/// <summary>Output of a program that is still running: many threads write, the test reads meanwhile.</summary>
internal sealed class CapturedText : TextWriter
{
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_lock)
            _text.Append(value);
    }

    public override void Write(string? value)
    {
        lock (_lock)
            _text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        lock (_lock)
            _text.Append(buffer, index, count);
    }

    public override string ToString()
    {
        lock (_lock)
            return _text.ToString();
    }
}

using System.Security.Cryptography;
using System.Text;
using Penstock.Testing;

namespace Penstock.Simulation;

/// <summary>What happened, line by line. Off while seeds pass: a seed that fails is run again with it.</summary>
internal sealed class Trace(ManualTimeProvider time, TraceMode mode) : IDisposable
{
    private const int KeptLines = 50;

    private readonly Queue<string> _last = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public bool IsOn => mode != TraceMode.Off;
    public IReadOnlyCollection<string> Last => _last;

    public void Write(string who, string what)
    {
        if (!IsOn)
            return;
        string line = $"{time.Elapsed.TotalSeconds,10:0.000} {who,-12} {what}";
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        _last.Enqueue(line);
        if (_last.Count > KeptLines)
            _last.Dequeue();
        if (mode == TraceMode.Print)
            Console.WriteLine(line);
    }

    /// <summary>Of all lines and of the order of all steps.</summary>
    public string Digest(ulong steps)
    {
        _hash.AppendData(BitConverter.GetBytes(steps));
        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    public void Dispose() => _hash.Dispose();
}

internal enum TraceMode
{
    Off,
    Keep,
    Print,
}

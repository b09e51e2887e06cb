using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Penstock.Engine.Transport;

/// <summary>Wake-ups between the processes of one machine that share a store: each has a datagram socket in a common folder.</summary>
/// <remarks>
/// Hints only. A message that finds a full or a dead socket is dropped: the poll of its reader finds the work. What happens
/// within a few milliseconds goes as one message, so that a burst of commits costs the neighbours one look at the store.
/// </remarks>
public sealed class NeighbourWakeUps : IWakeUps, IAsyncDisposable
{
    private const string Suffix = ".sock";

    /// <summary>In the name of a socket whose process also shows histories; the others need no word of events.</summary>
    private const string HearsEventsMark = "-events";

    private const int MessageBytesMax = 8_192;

    private static readonly TimeSpan SendInterval = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan EventInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>While nobody listens; who comes meanwhile looks into the store by itself.</summary>
    private static readonly TimeSpan LonelyInterval = TimeSpan.FromMilliseconds(50);

    private readonly InProcessWakeUps _here = new();
    private readonly NeighbourOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private readonly Channel<bool> _raised =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket? _socket;
    private readonly string _path = "";
    private readonly Task _sending = Task.CompletedTask;
    private readonly Task _receiving = Task.CompletedTask;
    private List<Neighbour> _neighbours = [];
    private DateTime _folderRead;
    private long _eventsSentAt;
    private int _leases;
    private int _events;

    public NeighbourWakeUps(NeighbourOptions options, TimeProvider time, ILogger<NeighbourWakeUps> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        try
        {
            Directory.CreateDirectory(options.Folder);
            _path = Path.Combine(options.Folder, $"{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}{(options.HearsEvents ? HearsEventsMark : "")}{Suffix}");
            _socket = Bind(_path);
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException or PlatformNotSupportedException or ArgumentOutOfRangeException)
        {
            logger.NoNeighbours(options.Folder, error.Message);
            return;
        }
        _receiving = ReceiveAsync(_socket);
        _sending = SendAsync(_socket);
    }

    /// <summary>Whether others can reach this process; false: everybody finds work by polling.</summary>
    public bool IsConnected => _socket is not null;

    public void QueueReady(string queueName)
    {
        _here.QueueReady(queueName);
        if (_socket is null)
            return;
        lock (_gate)
            _queues.Add(queueName);
        _raised.Writer.TryWrite(true);
    }

    public void LeasesChanged()
    {
        _here.LeasesChanged();
        Raise(ref _leases);
    }

    public void EventsWritten()
    {
        _here.EventsWritten();
        Raise(ref _events);
    }

    public IDisposable Subscribe(IWakeUpListener listener) => _here.Subscribe(listener);

    public async ValueTask DisposeAsync()
    {
        if (_socket is null)
            return;
        await _stop.CancelAsync();
        File.Delete(_path);
        await _sending;
        _socket.Dispose();
        await _receiving;
        _stop.Dispose();
    }

    private static Socket Bind(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Raise(ref int flag)
    {
        // Once a commit, on the hot path: nothing to do if it is up already.
        if (_socket is not null && Volatile.Read(ref flag) == 0 && Interlocked.Exchange(ref flag, 1) == 0)
            _raised.Writer.TryWrite(true);
    }

    private async Task SendAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            while (await _raised.Reader.WaitToReadAsync(_stop.Token))
            {
                _raised.Reader.TryRead(out _);
                await Task.Delay(Publish(socket), _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The process ends; its neighbours poll.
        }
    }

    /// <returns>When to look again at the earliest.</returns>
    private TimeSpan Publish(Socket socket)
    {
        List<Neighbour> neighbours = Neighbours();
        string work = TakeWork();
        bool events = TakeEvents(alongside: work.Length > 0);
        byte[] toWorkers = Encoding.UTF8.GetBytes(work);
        byte[] toAll = events ? Encoding.UTF8.GetBytes(work + WakeUpWords.Events + '\n') : toWorkers;
        bool told = false;
        foreach (Neighbour neighbour in neighbours)
        {
            byte[] message = neighbour.HearsEvents ? toAll : toWorkers;
            if (message.Length == 0)
                continue;
            told = true;
            Send(socket, neighbour, message);
        }
        return told || neighbours.Count > 0 && Volatile.Read(ref _events) == 1 ? SendInterval : LonelyInterval;
    }

    private string TakeWork()
    {
        StringBuilder text = new();
        lock (_gate)
        {
            foreach (string queue in _queues)
                text.Append(WakeUpWords.Queue(queue)).Append('\n');
            _queues.Clear();
        }
        if (Interlocked.Exchange(ref _leases, 0) == 1)
            text.Append(WakeUpWords.Leases).Append('\n');
        return text.ToString();
    }

    /// <remarks>Every commit writes events, and people read them: a few words a second are enough.</remarks>
    private bool TakeEvents(bool alongside)
    {
        if (Volatile.Read(ref _events) == 0)
            return false;
        if (!alongside && _time.GetElapsedTime(_eventsSentAt) < EventInterval)
        {
            _raised.Writer.TryWrite(true);
            return false;
        }
        Interlocked.Exchange(ref _events, 0);
        _eventsSentAt = _time.GetTimestamp();
        return true;
    }

    private void Send(Socket socket, Neighbour neighbour, byte[] message)
    {
        try
        {
            socket.SendTo(message.Length <= MessageBytesMax ? message : message.AsSpan(0, MessageBytesMax), SocketFlags.None, neighbour.Address);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Nobody is bound there any more: a process that was killed cannot tidy up after itself.
            File.Delete(neighbour.Path);
            _folderRead = default;
        }
        catch (SocketException)
        {
            // Gone this instant, or it has more to read than it can take: it looks by itself.
        }
    }

    private List<Neighbour> Neighbours()
    {
        DateTime changed = Directory.GetLastWriteTimeUtc(_options.Folder);
        if (changed == _folderRead)
            return _neighbours;
        _neighbours = Directory.EnumerateFiles(_options.Folder, "*" + Suffix)
            .Where(path => path != _path)
            .Select(path => new Neighbour(path, new UnixDomainSocketEndPoint(path), path.EndsWith(HearsEventsMark + Suffix, StringComparison.Ordinal)))
            .ToList();
        _folderRead = changed;
        return _neighbours;
    }

    private async Task ReceiveAsync(Socket socket)
    {
        await Task.Yield();
        byte[] buffer = new byte[MessageBytesMax];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                int length = await socket.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                WakeUpWords.Hear(Encoding.UTF8.GetString(buffer.AsSpan(0, length)), _here);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException || _stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException error)
            {
                // Polling goes on; a socket that fails once fails again.
                _logger.NoNeighbours(_options.Folder, error.Message);
                return;
            }
        }
    }

    private sealed record Neighbour(string Path, UnixDomainSocketEndPoint Address, bool HearsEvents);
}

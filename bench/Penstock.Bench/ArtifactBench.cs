using System.Diagnostics;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.S3;

namespace Penstock.Bench;

/// <summary>Puts and gets of artifacts of three sizes: <c>artifacts ENDPOINT BUCKET</c> on an S3 server (keys in the variables S3_ACCESS_KEY
/// and S3_SECRET_KEY), <c>artifacts FOLDER</c> in a folder. Contents differ, so nothing is found to be there already.</summary>
internal static class ArtifactBench
{
    private static readonly (int Bytes, int Count, int AtOnce)[] Rounds =
        [(1 << 10, 100, 1), (1 << 10, 500, 16), (1 << 20, 30, 1), (1 << 20, 100, 8), (256 << 20, 2, 1)];

    public static async Task<int> RunAsync(string[] args)
    {
        IdGenerator ids = new(TimeProvider.System, new Random(1));
        if (args is [var folder])
        {
            await MeasureAsync(new FolderArtifactStore(folder, TimeProvider.System, ids));
            return 0;
        }
        if (args is not [var endpoint, var bucket] || Environment.GetEnvironmentVariable("S3_ACCESS_KEY") is not { } access
            || Environment.GetEnvironmentVariable("S3_SECRET_KEY") is not { } secret)
        {
            Console.Error.WriteLine("usage: S3_ACCESS_KEY=... S3_SECRET_KEY=... Penstock.Bench artifacts ENDPOINT BUCKET | artifacts FOLDER");
            return 64;
        }
        S3Options options = new() { Endpoint = new Uri(endpoint), Bucket = bucket, AccessKey = access, SecretKey = secret };
        using (AmazonS3Client client = new(
            new BasicAWSCredentials(access, secret), new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = options.Region }))
            await client.PutBucketAsync(bucket);
        using S3ArtifactStore store = new(options, TimeProvider.System, ids, NullLogger<S3ArtifactStore>.Instance);
        await MeasureAsync(store);
        return 0;
    }

    private static async Task MeasureAsync(IArtifactStore store)
    {
        await RoundAsync(store, "warm", 1 << 10, 20, 4);
        await RoundAsync(store, "warm", 9 << 20, 2, 1);
        Console.WriteLine("| size | at once | put/s | put MiB/s | put p50 / p99 ms | get/s | get MiB/s | get p50 / p99 ms | CPU s/GiB put | peak MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach ((int bytes, int count, int atOnce) in Rounds)
        {
            (Run put, Run get) = await RoundAsync(store, $"bench/{bytes}-{atOnce}", bytes, count, atOnce);
            double mib = (double)bytes * count / (1 << 20);
            Console.WriteLine(
                $"| {Words(bytes)} | {atOnce} | {count / put.Seconds:F1} | {mib / put.Seconds:F0} | {put.P50:F1} / {put.P99:F1} | " +
                $"{count / get.Seconds:F1} | {mib / get.Seconds:F0} | {get.P50:F1} / {get.P99:F1} | {put.CpuSeconds / mib * 1024:F1} | " +
                $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} |");
        }
    }

    private static async Task<(Run Put, Run Get)> RoundAsync(IArtifactStore store, string prefix, int bytes, int count, int atOnce)
    {
        // One content for all, told apart by its first bytes: making it must not be what is measured.
        byte[] content = RandomNumberGenerator.GetBytes(bytes);
        Run put = await TimeAsync(count, atOnce, async i =>
        {
            using MemoryStream rest = new(content, 16, bytes - 16, writable: false);
            await using Stream whole = new PrefixedStream([.. BitConverter.GetBytes((long)i), .. BitConverter.GetBytes(Stopwatch.GetTimestamp())], rest);
            await store.PutAsync($"{prefix}/{i}", whole, "application/octet-stream", default);
        });
        Run get = await TimeAsync(count, atOnce, async i =>
        {
            await using Stream stream = await store.OpenAsync($"{prefix}/{i}", default);
            await stream.CopyToAsync(Stream.Null);
        });
        return (put, get);
    }

    private static async Task<Run> TimeAsync(int count, int atOnce, Func<int, Task> action)
    {
        double[] milliseconds = new double[count];
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) =>
        {
            long begun = Stopwatch.GetTimestamp();
            await action(i);
            milliseconds[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        });
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Array.Sort(milliseconds);
        return new Run(
            seconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds, milliseconds[count / 2], milliseconds[(int)(count * 0.99)]);
    }

    private static string Words(int bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";

    private sealed record Run(double Seconds, double CpuSeconds, double P50, double P99);

    /// <summary>Some bytes, then a stream; of unknown length, as uploads are.</summary>
    private sealed class PrefixedStream(byte[] first, Stream rest) : Stream
    {
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(buffer.Length, first.Length - _position);
            if (count == 0)
                return rest.ReadAsync(buffer, cancellationToken);
            first.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return ValueTask.FromResult(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

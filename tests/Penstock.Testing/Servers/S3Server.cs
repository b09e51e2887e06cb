using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Penstock.S3;

namespace Penstock.Testing.Servers;

/// <summary>A real S3 server (Ceph's gateway) on loopback, one for all tests of a process; it ends with the process, however that ends.</summary>
public sealed class S3Server : IDisposable
{
    private const string AccessKey = "penstock-tests";
    private const int StartsMax = 3;
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(120);
    private static readonly string[] Programs = ["radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd", "monmaptool"];

    private static readonly Lazy<Task<S3Server>> Shared = new(StartAsync);
    private static int _buckets;

    private readonly Process _script;
    private readonly SemaphoreSlim _commands = new(1);

    private S3Server(Process script, Uri endpoint) => (_script, Endpoint) = (script, endpoint);

    public Uri Endpoint { get; }

    /// <summary>Why tests with a server are skipped; null: they run. Where CI is set they always do, and fail without the programs.</summary>
    public static string? SkipReason => Missing() is { Length: > 0 } missing && Environment.GetEnvironmentVariable("CI") is not { Length: > 0 } ? missing : null;

    /// <summary>The shared server, started by the first who asks (15 s).</summary>
    public static Task<S3Server> GetAsync() => Missing() is { Length: > 0 } missing ? throw new InvalidOperationException(missing) : Shared.Value;

    /// <summary>Options for a new bucket of the server.</summary>
    public async Task<S3Options> NewBucketAsync(string prefix = "")
    {
        S3Options options = Options($"test-{Interlocked.Increment(ref _buckets)}", prefix);
        using AmazonS3Client client = Client(options);
        await client.PutBucketAsync(options.Bucket);
        return options;
    }

    /// <summary>With a bucket of that name, there or not.</summary>
    public S3Options Options(string bucket, string prefix = "", string accessKey = AccessKey) => new()
    {
        Endpoint = Endpoint, Bucket = bucket, Prefix = prefix, AccessKey = accessKey, SecretKey = SecretOf(accessKey), RetriesMax = 2,
    };

    /// <summary>The vendor's client, for what tests do behind the store's back.</summary>
    public static AmazonS3Client Client(S3Options options) => new(
        new BasicAWSCredentials(options.AccessKey, options.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = options.Endpoint.ToString(), ForcePathStyle = true, AuthenticationRegion = options.Region,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    /// <summary>Another user, who may store so many bytes. His keys are those of <see cref="Options"/>.</summary>
    public Task AddUserAsync(string name, long quotaBytes) => CommandAsync($"user {name} {name} {SecretOf(name)} {quotaBytes}");

    /// <summary>As kill -9 does; what was stored stays.</summary>
    public Task StopGatewayAsync() => CommandAsync("gateway stop");

    public async Task StartGatewayAsync()
    {
        await CommandAsync("gateway start");
        await AnswersAsync();
    }

    /// <summary>Waits for the script's end, since the folder goes with it.</summary>
    public void Dispose()
    {
        _script.StandardInput.Close();
        _script.WaitForExit(TimeSpan.FromSeconds(10));
        _script.Dispose();
        _commands.Dispose();
    }

    private static string SecretOf(string accessKey) => $"secret-of-{accessKey}";

    private static async Task<S3Server> StartAsync()
    {
        List<string> failures = [];
        // A port that was free may be somebody else's a moment later.
        while (failures.Count < StartsMax)
        {
            (S3Server? server, string? answer) = await TryStartAsync();
            if (server is not null)
                return server;
            failures.Add(answer ?? "it ended without a word");
        }
        throw new InvalidOperationException($"The S3 server did not start: {string.Join(" / ", failures)}");
    }

    /// <returns>The server, or why there is none.</returns>
    private static async Task<(S3Server? Server, string? Answer)> TryStartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("penstock-s3-").FullName;
        (int monitor, int gateway) = FreePorts();
        Process script = Process.Start(new ProcessStartInfo("bash")
        {
            ArgumentList = { Path.Combine(Repository.Root, "tests", "Penstock.Testing", "Servers", "s3-server.sh"), folder, $"{monitor}", $"{gateway}" },
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        S3Server server = new(script, new Uri($"http://127.0.0.1:{gateway}"));
        EndOfRun.Add(server.Dispose);
        using CancellationTokenSource limit = new(StartMax);
        string? answer = await script.StandardOutput.ReadLineAsync(limit.Token);
        if (answer != "started")
            return (null, answer);
        await server.CommandAsync($"user {AccessKey} {AccessKey} {SecretOf(AccessKey)}");
        await server.AnswersAsync();
        return (server, null);
    }

    private async Task CommandAsync(string command)
    {
        await _commands.WaitAsync();
        try
        {
            using CancellationTokenSource limit = new(StartMax);
            await _script.StandardInput.WriteLineAsync(command.AsMemory(), limit.Token);
            await _script.StandardInput.FlushAsync(limit.Token);
            if (await _script.StandardOutput.ReadLineAsync(limit.Token) != "done")
                throw new InvalidOperationException($"The S3 server's script ended at '{command}'.");
        }
        finally
        {
            _commands.Release();
        }
    }

    private async Task AnswersAsync()
    {
        using HttpClient http = new();
        using CancellationTokenSource limit = new(StartMax);
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(Endpoint, limit.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
            }
        }
    }

    private static (int, int) FreePorts()
    {
        using TcpListener one = new(IPAddress.Loopback, 0);
        using TcpListener two = new(IPAddress.Loopback, 0);
        one.Start();
        two.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)two.LocalEndpoint).Port);
    }

    private static string Missing()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] missing = [.. Programs.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))))];
        return missing.Length == 0 ? "" : $"{string.Join(", ", missing)} not installed (Debian packages radosgw, ceph-mon, ceph-osd, ceph-common).";
    }
}

using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Penstock.Console.Hosting;

/// <summary>The console's styles, scripts and pictures: read from the assembly once, served with far-future caching.</summary>
/// <remarks>
/// All files share one version in the path, made from their contents: a module's relative imports then name the same
/// version, and no browser mixes files of two releases.
/// </remarks>
public sealed class ConsoleAssets
{
    private const string ResourceRoot = "Assets/";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private readonly Dictionary<string, Asset> _assets = new(StringComparer.Ordinal);

    public ConsoleAssets()
    {
        Assembly assembly = typeof(ConsoleAssets).Assembly;
        using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            // Windows builds name the folders of a resource with backslashes.
            string path = name.Replace('\\', '/');
            if (!path.StartsWith(ResourceRoot, StringComparison.Ordinal))
                continue;
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            using MemoryStream content = new();
            stream.CopyTo(content);
            byte[] bytes = content.ToArray();
            all.AppendData(bytes);
            _assets.Add(path[ResourceRoot.Length..], new Asset(bytes, Compress(bytes), ContentTypes[Path.GetExtension(path)]));
        }
        Version = Convert.ToHexStringLower(all.GetHashAndReset())[..12];
    }

    /// <summary>Twelve hexadecimal digits that change whenever any file does.</summary>
    public string Version { get; }

    /// <summary>The address of a file for a page, such as <c>js/live.js</c>.</summary>
    public string Address(string path) =>
        _assets.ContainsKey(path) ? $"{ConsolePaths.Root}/assets/{Version}/{path}" : throw new FileNotFoundException($"There is no console asset '{path}'.");

    /// <summary>Answers a request for a file; an old version's address still gets the present file, but uncached.</summary>
    public async Task ServeAsync(HttpContext context, string version, string path)
    {
        if (!_assets.TryGetValue(path, out Asset? asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        string tag = $"\"{Version}\"";
        HttpResponse response = context.Response;
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = version == Version ? "public, max-age=31536000, immutable" : "no-cache";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        bool compressed = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        byte[] body = compressed ? asset.Compressed : asset.Content;
        if (compressed)
            response.Headers.ContentEncoding = "gzip";
        response.ContentType = asset.ContentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static byte[] Compress(byte[] content)
    {
        using MemoryStream buffer = new();
        using (GZipStream gzip = new(buffer, CompressionLevel.SmallestSize))
            gzip.Write(content);
        return buffer.ToArray();
    }

    private sealed record Asset(byte[] Content, byte[] Compressed, string ContentType);
}

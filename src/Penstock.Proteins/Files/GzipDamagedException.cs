using Penstock.Engine;

namespace Penstock.Proteins.Files;

/// <summary>Data that begins as gzip does but cannot be decoded, or whose checksum is wrong.</summary>
public sealed class GzipDamagedException(long compressedBytes, Exception inner) : PenstockException(
    "gzip-damaged",
    $"The gzip data is damaged within its first {compressedBytes} bytes ({inner.Message}). " +
    "Fetch or upload the file again; `gzip -t` tells whether a local copy is whole.",
    inner);

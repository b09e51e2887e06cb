using Penstock.Engine;

namespace Penstock.Proteins.Files;

/// <summary>A gzip file ends before its last member does: an interrupted download or copy.</summary>
public sealed class GzipTruncatedException(long compressedBytes, Exception? inner = null) : PenstockException(
    "gzip-truncated",
    $"The gzip data ends after {compressedBytes} bytes, in the middle of a member, so its last lines are missing. " +
    "Fetch or upload the whole file again.",
    inner);

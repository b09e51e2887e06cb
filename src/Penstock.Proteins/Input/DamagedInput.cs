using Penstock.Proteins.Files;

namespace Penstock.Proteins.Input;

/// <summary>Tells an input whose bytes are broken from every other failure.</summary>
internal static class DamagedInput
{
    /// <summary>Cut off or wrong gzip data, or a line without an end: fetching the file again may help.</summary>
    public static bool Is(Exception exception) =>
        exception is GzipTruncatedException or GzipDamagedException or InvalidDataException;
}

using Penstock.Engine.Enqueueing;

namespace Penstock.Proteins.Endpoints;

/// <summary>Values of a request that are one of a few lower-case words.</summary>
internal static class EnumText
{
    /// <exception cref="InvalidPayloadException">It is none of them.</exception>
    public static T Parse<T>(string operation, string name, string text)
        where T : struct, Enum
    {
        string[] known = Enum.GetNames<T>().Select(word => word.ToLowerInvariant()).ToArray();
        int index = Array.IndexOf(known, text);
        return index >= 0
            ? Enum.GetValues<T>()[index]
            : throw new InvalidPayloadException(operation, $"{name} is '{text}'; it must be one of {string.Join(", ", known)}.");
    }
}

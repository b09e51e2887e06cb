using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Penstock.Proteins.Endpoints;

/// <summary>A text file written as it is read from the database, never held as a whole.</summary>
internal static class TsvAnswer
{
    private const int BufferChars = 32 * 1024;

    public static PushStreamHttpResult Of(string fileName, Func<TextWriter, Task> write, string mediaType = "text/tab-separated-values") =>
        TypedResults.Stream(
            async body =>
            {
                await using StreamWriter writer = new(body, new UTF8Encoding(false), BufferChars, leaveOpen: true);
                await write(writer);
            },
            mediaType, fileName);
}

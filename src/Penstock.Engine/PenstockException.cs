namespace Penstock.Engine;

/// <summary>An error a reader can act on: a stable code, what happened with the values, and what to do.</summary>
/// <param name="code">Kebab-case, stable across versions; its section is in <c>docs/errors.md</c>.</param>
/// <param name="message">Full sentences: what happened, with the values, and what the reader can do about it.</param>
public abstract class PenstockException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;

    /// <summary>What kind of answer this is to the caller; the server maps it to a status code.</summary>
    public virtual ErrorKind Kind => ErrorKind.Invalid;

    /// <summary>Whether another attempt of the job it failed may end better. Default false: the same input gives the same error.</summary>
    public virtual bool MayRetry => false;
}

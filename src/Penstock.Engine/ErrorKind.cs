namespace Penstock.Engine;

/// <summary>Who has to act on an error; the HTTP server maps each to one status code.</summary>
public enum ErrorKind
{
    /// <summary>The request is wrong: 422.</summary>
    Invalid,

    /// <summary>A parameter is malformed or out of range: 400.</summary>
    Malformed,

    /// <summary>The caller is not known, or no longer: 401.</summary>
    NotSignedIn,

    /// <summary>The caller is known and may not do this: 403.</summary>
    NotAllowed,

    /// <summary>What it names does not exist: 404.</summary>
    NotFound,

    /// <summary>It contradicts the present state: 409.</summary>
    Conflict,

    /// <summary>It is larger than a documented limit: 413.</summary>
    TooLarge,

    /// <summary>An outside system or resource is not available now: 503.</summary>
    Unavailable,

    /// <summary>No space is left to write: 507.</summary>
    StorageFull,
}

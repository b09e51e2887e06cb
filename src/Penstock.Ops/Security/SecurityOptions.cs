using System.ComponentModel.DataAnnotations;

namespace Penstock.Ops.Security;

/// <summary>What the host tells of its workspace; limits an operator does not tune.</summary>
public sealed class SecurityOptions
{
    /// <summary>The workspace's own bearer token, role admin. Null: there is none.</summary>
    public string? WorkspaceToken { get; set; }

    /// <summary>Where the keys of the session cookies lie: readable by the owner alone. Null: in memory, and a restart ends all sessions.</summary>
    public string? KeysFolder { get; set; }

    /// <summary>Where the first admin's password waits to be read, mode 0600. Null: no first admin is made.</summary>
    public string? FirstPasswordFile { get; set; }

    /// <summary>PBKDF2-HMAC-SHA512 rounds; OWASP (2023) asks for 210 000.</summary>
    [Range(1_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>Failed logins in a row that lock an account.</summary>
    [Range(1, 1_000)]
    public int FailedLoginsMax { get; set; } = 10;

    /// <summary>How long an account stays locked. Default 15 min.</summary>
    public TimeSpan LockTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Passwords hashed at once: each costs a tenth of a second of a processor, and strangers must not keep all busy.</summary>
    [Range(1, 1_000)]
    public int PasswordsAtOnce { get; set; } = 2;

    /// <summary>Logins that wait for their turn; one more is turned away.</summary>
    [Range(0, 10_000)]
    public int PasswordsWaiting { get; set; } = 20;

    /// <summary>A session ends this long after its last use. Default 12 h.</summary>
    public TimeSpan SessionTime { get; set; } = TimeSpan.FromHours(12);
}

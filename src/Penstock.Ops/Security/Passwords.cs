using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Penstock.Ops.Security;

/// <summary>Stores passwords as salted PBKDF2-HMAC-SHA512 and compares in constant time.</summary>
internal sealed class Passwords
{
    public const int LengthMin = 12;
    public const int LengthMax = 200;

    private readonly PasswordHasher<Account> _hasher;
    private readonly string _decoy;

    /// <param name="options">The iterations; a test lowers them.</param>
    public Passwords(IOptions<SecurityOptions> options)
    {
        _hasher = new PasswordHasher<Account>(
            Options.Create(new PasswordHasherOptions { IterationCount = options.Value.PasswordIterations }));
        _decoy = Hash(Invent());
    }

    public string Hash(string password) => _hasher.HashPassword(null!, password);

    public bool Matches(string hash, string password) =>
        _hasher.VerifyHashedPassword(null!, hash, password) != PasswordVerificationResult.Failed;

    /// <summary>Costs what a comparison costs: the answer for an unknown name takes as long as for a known one.</summary>
    public void Decoy(string password) => Matches(_decoy, password);

    /// <summary>120 random bits as 20 letters, digits, dashes and underscores.</summary>
    public static string Invent() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(15));

    /// <exception cref="InvalidAccountException"/>
    public static string Checked(string password) =>
        password.Length is >= LengthMin and <= LengthMax
            ? password
            : throw new InvalidAccountException($"The password has {password.Length} characters; it must have {LengthMin} to {LengthMax}.");
}

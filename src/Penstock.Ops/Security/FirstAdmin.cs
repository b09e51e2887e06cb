using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Penstock.Client.Security;

namespace Penstock.Ops.Security;

/// <summary>Makes the user <c>admin</c> where nobody can log in yet, and leaves the password where only the owner can read it.</summary>
/// <remarks>
/// The file, not the log or the console: a server may run detached, and logs are kept and shared. <c>penstock up</c> shows it;
/// it is deleted as soon as that password is changed.
/// </remarks>
internal sealed class FirstAdmin(Accounts accounts, IOptions<SecurityOptions> options, ILogger<FirstAdmin> logger)
{
    public const string Name = "admin";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (options.Value.FirstPasswordFile is not { } file || (await accounts.ListAsync(cancellationToken)).Count > 0)
            return;
        string password = Passwords.Invent();
        // Written first: an account whose password nobody can read would be worse than a file without an account.
        Write(file, password);
        await accounts.AddAsync(new NewUserRequest(Name, Policies.Admin, password), mustChangePassword: true, "system", cancellationToken);
        logger.FirstAdminMade(Name, file);
    }

    /// <summary>After the password was changed.</summary>
    public void Forget(Account account)
    {
        if (account.Name == Name && !account.MustChangePassword && options.Value.FirstPasswordFile is { } file)
            File.Delete(file);
    }

    private static void Write(string file, string password)
    {
        File.Delete(file);
        FileStreamOptions create = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter writer = new(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), create);
        writer.WriteLine(password);
    }
}

using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Security;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock users</c></summary>
internal static class UsersCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("users", "Manage the people who sign in to the console and the API.",
                "penstock users list", "penstock users add ada --role operator")
            .With(List(cli), Add(cli), Change(cli, "disable", "Refuse a user from now on; their sessions end.", new UserChange { Disabled = true }),
                Change(cli, "enable", "Let a disabled user in again.", new UserChange { Disabled = false }), SetRole(cli), Password(cli));

    public static Option<string> RoleOption(string fallback)
    {
        Option<string> role = new("--role")
        {
            Description = $"viewer, operator or admin. Default: {fallback}.",
            HelpName = "ROLE",
            DefaultValueFactory = _ => fallback,
        };
        role.AcceptOnlyFromAmong("viewer", "operator", "admin");
        return role;
    }

    private static Argument<string> NameArgument() => new("NAME") { Description = "Name the user signs in with." };

    private static CliCommand List(CliContext cli) =>
        new CliCommand("list", "List users.", "penstock users list")
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                IReadOnlyList<UserView> users = await connection.Client.UsersAsync(cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(users, () => run.Terminal.Print(users, "No users. Add one with 'penstock users add NAME'.",
                    new Column<UserView>("NAME", user => user.Name) { Style = _ => "bold" },
                    new Column<UserView>("ROLE", user => user.Role),
                    new Column<UserView>("STATE", State) { Style = user => user.Disabled || user.Locked ? "yellow" : null },
                    new Column<UserView>("LAST SIGN-IN", user => user.LastLoginAt is null ? "never" : Words.Age(user.LastLoginAt, now) + " ago"),
                    new Column<UserView>("CREATED", user => Words.Instant(user.CreatedAt)) { DropOrder = 1 }));
                return ExitCodes.Ok;
            });

    private static string State(UserView user) =>
        user.Disabled ? "disabled" : user.Locked ? "locked" : user.MustChangePassword ? "must change password" : "active";

    private static CliCommand Add(CliContext cli)
    {
        Argument<string> name = NameArgument();
        Option<string> role = RoleOption("viewer");
        Option<bool> fromIn = PasswordStdin();
        return new CliCommand("add", "Add a user. Asks for the password, or makes one when nobody can be asked.",
                "penstock users add ada --role operator", "pass show ada | penstock users add ada --password-stdin")
            .With(name, role, fromIn)
            .Does(cli, async (run, cancellationToken) =>
            {
                (string password, bool invented) = NewPassword.Choose(run, run.Value(fromIn));
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                UserView user = await connection.Client.AddUserAsync(new NewUserRequest(run.Required(name), run.Value(role)!, password), cancellationToken);
                Tell(run, user, $"added {user.Name} as {user.Role}", invented ? password : null);
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Password(CliContext cli)
    {
        Argument<string> name = NameArgument();
        Option<bool> fromIn = PasswordStdin();
        return new CliCommand("passwd", "Set a new password; the user's sessions end and a lock is lifted.", "penstock users passwd admin")
            .With(name, fromIn)
            .Does(cli, async (run, cancellationToken) =>
            {
                (string password, bool invented) = NewPassword.Choose(run, run.Value(fromIn));
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                UserView user = await connection.Client.ChangeUserAsync(run.Required(name), new UserChange { Password = password }, cancellationToken);
                Tell(run, user, $"{user.Name} has a new password", invented ? password : null);
                return ExitCodes.Ok;
            });
    }

    private static CliCommand SetRole(CliContext cli)
    {
        Argument<string> name = NameArgument();
        Argument<string> role = new("ROLE") { Description = "viewer, operator or admin." };
        role.AcceptOnlyFromAmong("viewer", "operator", "admin");
        return new CliCommand("role", "Give a user another role.", "penstock users role ada admin")
            .With(name, role)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                UserView user = await connection.Client.ChangeUserAsync(run.Required(name), new UserChange { Role = run.Required(role) }, cancellationToken);
                Tell(run, user, $"{user.Name} is {user.Role}", null);
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Change(CliContext cli, string verb, string summary, UserChange change)
    {
        Argument<string> name = NameArgument();
        return new CliCommand(verb, summary, $"penstock users {verb} ada")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                UserView user = await connection.Client.ChangeUserAsync(run.Required(name), change, cancellationToken);
                Tell(run, user, $"{user.Name} is {State(user)}", null);
                return ExitCodes.Ok;
            });
    }

    private static void Tell(CommandRun run, UserView user, string sentence, string? password) => run.Terminal.Result(
        new { user, password },
        () =>
        {
            run.Terminal.Line($"[green]✓[/] {Markup.Escape(sentence)}");
            if (password is not null)
                run.Terminal.Line($"  password: [bold]{Markup.Escape(password)}[/]   [dim]shown once[/]");
        });

    private static Option<bool> PasswordStdin() => new("--password-stdin") { Description = "Read the password from stdin." };
}

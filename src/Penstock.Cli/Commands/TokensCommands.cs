using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Security;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock tokens</c></summary>
internal static class TokensCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("tokens", "Manage the tokens that programs use.", "penstock tokens create nightly --role operator --days 90")
            .With(List(cli), CreateToken(cli), Revoke(cli));

    private static CliCommand List(CliContext cli) =>
        new CliCommand("list", "List tokens; their secrets are not kept.", "penstock tokens list")
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                IReadOnlyList<TokenView> tokens = await connection.Client.TokensAsync(cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(tokens, () => run.Terminal.Print(tokens, "No tokens. Make one with 'penstock tokens create NAME'.",
                    new Column<TokenView>("TOKEN", token => token.Id.ToString()) { Style = _ => "bold" },
                    new Column<TokenView>("NAME", token => token.Name) { ShrinksTo = 8 },
                    new Column<TokenView>("ROLE", token => token.Role),
                    new Column<TokenView>("STATE", token => State(token, now)) { Style = token => State(token, now) == "valid" ? "green" : "yellow" },
                    new Column<TokenView>("EXPIRES", token => token.ExpiresAt is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd") : "never") { DropOrder = 2 },
                    new Column<TokenView>("LAST USED", token => token.LastUsedAt is null ? "never" : Words.Age(token.LastUsedAt, now) + " ago") { DropOrder = 1 },
                    new Column<TokenView>("BEGINS", token => token.Prefix) { DropOrder = 3 }));
                return ExitCodes.Ok;
            });

    private static string State(TokenView token, DateTimeOffset now) =>
        token.RevokedAt is not null ? "revoked" : token.ExpiresAt <= now ? "expired" : "valid";

    private static CliCommand CreateToken(CliContext cli)
    {
        Argument<string> name = new("NAME") { Description = "What it is for." };
        Option<string> role = UsersCommands.RoleOption("viewer");
        Option<int?> days = new("--days") { Description = "Valid for this many days. Default: 90.", HelpName = "N", DefaultValueFactory = _ => 90 };
        Option<bool> never = new("--never-expires") { Description = "Valid until revoked." };
        return new CliCommand("create", "Make a token. Its secret is shown once, alone on stdout.",
                "penstock tokens create nightly --role operator", "TOKEN=$(penstock tokens create ci --days 1)")
            .With(name, role, days, never)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                NewTokenRequest request = new(run.Required(name), run.Value(role)!, run.Value(never) ? null : run.Value(days));
                IssuedToken issued = await connection.Client.IssueTokenAsync(request, cancellationToken);
                run.Terminal.Result(issued, () =>
                {
                    run.Terminal.Note($"{issued.Token.Role} token {issued.Token.Name}, {(issued.Token.ExpiresAt is { } at ? $"until {Words.Instant(at)}" : "never expires")}; keep it, it is not shown again");
                    run.Terminal.Plain(issued.Secret);
                });
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Revoke(CliContext cli)
    {
        Argument<string> token = new("TOKEN") { Description = "Id of the token, or its name if only one valid token has it." };
        return new CliCommand("revoke", "Refuse a token from now on.", "penstock tokens revoke nightly")
            .With(token)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                string wanted = run.Required(token);
                if (!Guid.TryParse(wanted, out Guid id))
                {
                    List<TokenView> named = [.. (await connection.Client.TokensAsync(cancellationToken)).Where(t => t.Name == wanted && t.RevokedAt is null)];
                    id = named.Count == 1
                        ? named[0].Id
                        : throw new UsageException($"{(named.Count == 0 ? "No valid token is" : $"{named.Count} tokens are")} named '{wanted}'. Give the id; 'penstock tokens list' shows it.");
                }
                TokenView revoked = await connection.Client.RevokeTokenAsync(id, cancellationToken);
                run.Terminal.Result(revoked, () => run.Terminal.Line($"[green]✓[/] revoked {Markup.Escape(revoked.Name)}"));
                return ExitCodes.Ok;
            });
    }
}

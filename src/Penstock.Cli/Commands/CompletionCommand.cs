using System.CommandLine;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock completion</c>: a shell function that asks the program itself, so that it never goes stale.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Put this in ~/.bashrc: source <(penstock completion bash)
        _penstock() {
            local IFS=$'\n'
            COMPREPLY=( $(compgen -W "$(penstock "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _penstock penstock
        """;

    private const string Zsh = """
        # Put this in ~/.zshrc, after compinit: source <(penstock completion zsh)
        _penstock() {
            local -a words_found
            words_found=( "${(@f)$(penstock "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}" )
            compadd -a words_found
        }
        compdef _penstock penstock
        """;

    private const string Fish = """
        # Put this in ~/.config/fish/completions/penstock.fish
        complete -c penstock -a '(penstock "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    public static Command Create(CliContext cli)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return new CliCommand("completion", "Print the completion script of a shell.", "source <(penstock completion bash)")
            .With(shell)
            .Does(cli, (run, _) =>
            {
                run.Terminal.Plain(run.Required(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
                return Task.FromResult(ExitCodes.Ok);
            });
    }
}

package dev.mmureplay.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a completion script. */
@Command(
    name = "completion",
    description = "Prints a script that teaches a shell to complete verbs, options and names.",
    footer = {
      "",
      "Examples:",
      "  source <(mmureplay completion bash)",
      "  mmureplay completion zsh > ~/.mmureplay-completion   and source it from ~/.zshrc"
    })
final class CompletionCommand extends Verb {
  /** The shells that one script serves: zsh reads it through bashcompinit. */
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.BASH;

  @Override
  void run() {
    CommandLine root = Main.commandLine(Screen.NONE);
    if (shell == Shell.ZSH) {
      out().print("autoload -U +X bashcompinit && bashcompinit\n");
    }
    out().print(AutoComplete.bash(Main.NAME, root).stripTrailing() + "\n");
    out().flush();
  }
}

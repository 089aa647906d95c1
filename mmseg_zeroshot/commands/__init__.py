"""What the command ``mmseg-zeroshot`` does, a module for each subcommand."""

"""The subcommands of ``mmseg-zeroshot``, one module each.

A module is imported when its command is called. It has
``main(argv: Sequence[str] | None = None) -> int``; `mmseg_zeroshot.cli` lists
it. Nothing else imports these modules.
"""

"""Records of runs: read, summarised over seeds, ranked and put in tables."""
from .leaderboard import Board, make_boards
from .record import Record
from .records import collect_records, read_records, write_records
from .summaries import Summary, summarize
from .tables import format_table, markdown_table

__all__ = [
    'Board', 'Record', 'Summary', 'collect_records', 'format_table',
    'make_boards', 'markdown_table', 'read_records', 'summarize',
    'write_records'
]

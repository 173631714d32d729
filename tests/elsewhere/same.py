"""Says how many statements a file holds, and whether they are those of another file.

    python same.py OURS THEIRS

Both are N-Triples or N-Quads. Blank nodes count as the same when the same is said of them: both
files are brought into the canonical form of RDF Dataset Canonicalization 1.0. Printed is the number
of statements of THEIRS; the exit status is 1 when they differ.
"""

import sys

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse


def canonical(path: str) -> Dataset:
    """The statements of a file with the names that the standard gives to blank nodes."""
    statements = Dataset(parse(path=path, format=RdfFormat.N_QUADS))
    statements.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return statements


ours, theirs = (canonical(path) for path in sys.argv[1:])
sys.stdout.write(f"{len(theirs)}\n")
sys.exit(ours != theirs)

"""Standpoint: who stands where, since when, and which sentence says so.

The main path: a text in ``seeds/`` is cut into sentences (`kg.sentences`); the statements in
``kg/data/`` each cite one; `kg.check` holds them against ``shapes/`` and ``ontology/``; `kg.derive`
adds what follows; `kg.store` writes one immutable store; an engine (`kg.engines`) answers every
question (`kg.questions`, `kg.answers`) with its evidence (`kg.evidence`).
"""

from importlib.metadata import version

__version__ = version("standpoint")

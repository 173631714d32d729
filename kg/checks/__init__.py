"""The checks, one noun per module; `kg.check` is their sum.

A check that needs to know in which file a triple stands is a query, ``kg/checks/*.rq``, whose head
carries its words; what a thing must look like wherever it stands is a shape, ``shapes/*.ttl``.
"""

from collections import Counter

from kg.bench.soaking import Sample, Soaked, told


def soaked(pss: list[int], statuses: dict[int, int]) -> Soaked:
    samples = [Sample(float(at), size * 2**20, 10, 3) for at, size in enumerate(pss)]
    return Soaked(samples, samples[-1], Counter(statuses), Counter({400: 9, 504: 3}))


def test_memory_that_fills_at_first_is_flat() -> None:
    found = soaked([10, 50, 100, 101, 100, 102, 101, 100], {200: 5})
    assert found.is_flat
    assert told(found).endswith("flat\n")
    assert "{400: 9, 504: 3}" in told(found)


def test_memory_that_grows_is_not() -> None:
    found = soaked([100, 110, 120, 130, 140, 150, 160, 170], {200: 5})
    assert not found.is_flat
    assert told(found).endswith("not flat\n")


def test_an_ordinary_query_that_fails_is_a_finding() -> None:
    assert not soaked([100] * 8, {200: 5, 503: 1}).is_flat

"""What is kept, and what has to go."""

from webui.cache import Cache


def test_a_cache_stays_within_its_size() -> None:
    cache: Cache[str, int] = Cache(100_000)
    for number in range(100):
        cache.put(str(number), number, 5_000)
    assert 0 < len(cache) <= 16
    assert cache.get("99") == 99
    assert cache.get("0") is None
    cache.put("large", 1, 50_000)
    assert cache.get("large") is None

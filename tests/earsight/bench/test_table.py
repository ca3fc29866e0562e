"""The figures as text."""

from earsight.bench.table import heading, table


def bundle(name, ratio, **others):
    stages = ratio and {"encode": {"ms": 1.5, "ratio": ratio}}
    return {
        "bundle": name,
        "beams": 5,
        "tokens": 13.0,
        "load_ms": {"total": 450.25},
        "stages_ms": {"encode": {"median": 6.28, "p95": 7.0, "p99": 123.4}},
        "roofline": {"float32_gflops": 96.0, "stages": stages},
        **others,
    }


def test_a_line_a_figure_and_a_column_a_bundle():
    text = table([bundle("builtin", 1.25), bundle("full-size-int8", None)])
    lines = text.splitlines()
    assert len({len(line) for line in lines}) == 1, "columns are aligned"
    cells = {}
    for line in lines:
        label, *values = line.rsplit(maxsplit=2)
        cells[label.strip()] = values
    assert len(cells) == len(lines), "each figure has a name of its own"
    assert cells["bundle"] == ["builtin", "full-size-int8"]
    assert cells["encode, median, ms"] == ["6.28", "6.28"]
    assert cells["encode, p99, ms"] == ["123.4", "123.4"]
    assert cells["load, total, ms"] == ["450.2", "450.2"]
    assert cells["encode, median times the roofline"] == ["1.25", "-"]
    assert cells["step, median, ms"] == ["-", "-"]


def test_the_heading_names_the_machine():
    machine = {
        "processor": "Raspberry Pi 5",
        "architecture": "aarch64",
        "cores": 4,
        "memory_gb": 8.0,
        "onnxruntime": "1.20",
    }
    text = heading({"machine": machine, "captions": 100, "photo": "dog.jpg", "threads": 0})
    for part in ("Raspberry Pi 5", "aarch64", "4 cores", "8.0 GB", "1.20", "100 of dog.jpg", "one a core"):
        assert part in text

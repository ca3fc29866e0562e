"""The OpenAPI says what the server does: Schemathesis asks it whatever that allows, and forbids."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from earsight_server.settings import Limits
from tests.earsight_server.live import served

EXAMPLES = 10
"""For each operation and mode: what breaks it would do so in the first few as a rule."""

CHECKS: list[Callable[..., bool | None]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = schemathesis.GenerationMode
OPERATIONS = [
    ("POST", "/v1/describe"),
    ("POST", "/v1/read"),
    ("POST", "/v1/find"),
    ("POST", "/v1/ask"),
    ("POST", "/v1/speak"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
    ("POST", "/"),
    ("POST", "/translation"),
]

for media_type in ("image/*", "application/octet-stream"):
    schemathesis.openapi.media_type(media_type, strategies.binary(max_size=2000))


@pytest.fixture(scope="module")
def schema() -> Iterator[schemathesis.BaseSchema]:
    with served(Limits()) as port:
        yield schemathesis.openapi.from_url(f"http://localhost:{port}/openapi.json")


def test_every_operation_is_tried(schema: schemathesis.BaseSchema) -> None:
    found = {(result.ok().method.upper(), result.ok().path) for result in schema.get_all_operations()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [(*each, mode) for each in OPERATIONS for mode in MODES if each[0] == "POST" or mode is MODES.POSITIVE],
)
def test_operation(schema: schemathesis.BaseSchema, method: str, path: str, mode: MODES) -> None:
    operation = schema[path][method]
    # Of a photo's request, something wrong may come beside what is right: JSON is wrong as a whole.
    is_json = path == "/v1/speak" and mode is MODES.NEGATIVE
    checks = [*CHECKS, negative_data_rejection] if is_json else CHECKS

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],  # what fails is shown as it is: making it smaller takes minutes
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=checks)

    ask()

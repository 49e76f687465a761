"""Thousands of generated cases against the OpenAPI document: no 500, no answer that it does not name."""

from __future__ import annotations

import contextlib
import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

CASES = int(os.environ.get("ROUTEPLANNER_CASES", "40"))
"""Examples of each operation and kind; ``ROUTEPLANNER_CASES=500`` draws some ten thousand in all."""

SEARCHES = max(4, CASES // 10)
"""Examples of good requests, each of which is a search."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["positive", "negative"])
def test_every_answer_is_documented_and_none_is_a_500(base: str, kind: str) -> None:
    import schemathesis
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]
    schema = schemathesis.openapi.from_url(f"{base}/openapi.json")
    seen: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in ("/metrics", "/readyz"):
            continue

        searches = kind == "positive" and operation.path == "/plans"

        @given(case=operation.as_strategy(generation_mode=GenerationMode(kind)))
        @settings(
            max_examples=SEARCHES if searches else CASES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            database=None,
        )
        def answers(case: schemathesis.Case) -> None:
            response = case.call(base_url=base, timeout=300)
            seen.setdefault(case.operation.path, set()).add(response.status_code)
            if response.status_code in (404, 405) and case.operation.path != "/plans":
                return  # a path parameter that leads elsewhere
            case.validate_response(response, checks=checks)

        with contextlib.suppress(Unsatisfiable):  # nothing can be wrong about a request without parameters
            answers()
    assert set(seen) >= {"/plans", "/sites", "/calendar", "/plans/{plan_id}", "/oembed"}
    assert 500 not in set().union(*seen.values())

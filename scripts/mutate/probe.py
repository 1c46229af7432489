"""What a package computes, as digests: packages that agree here are the same for this data."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from architect_sandbox.facts import facts_of


def probe(overrides: Sequence[str]) -> dict[str, Any]:
    """Train, evaluate and serve.

    Args:
        overrides: Of the configuration.

    Returns:
        Digests of everything that a run hands out, its metrics, those of the evaluation, and what
        the logged model predicts.
    """
    import mlflow

    from src.config import flatten, load_config
    from src.training import train

    folder = Path(tempfile.mkdtemp())
    values = flatten(load_config())
    places = [f"{key}={folder / values[key]}" for key in values if key.startswith("artifacts.")]
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    arguments = [*places, f"tracking.uri={uri}", *overrides]
    kept: list[Any] = []
    real = train.run

    def run(config: Any) -> Any:
        kept.append(real(config))
        return kept[-1]

    train.run = run
    found: dict[str, Any] = {"train": train.main(arguments)}
    if not kept:
        return {"error": "training failed"}
    described(kept[0], "", found)
    config = load_config(overrides=arguments)
    try:
        from src.evaluation import evaluate

        if hasattr(evaluate, "main"):
            found["evaluate"] = evaluate.main(arguments)
    except ImportError:
        pass
    for key, value in flatten(config).items():
        if key in {"artifacts.metrics_path", "artifacts.evaluation_path"} and Path(value).is_file():
            found[key] = json.loads(Path(value).read_text(encoding="utf-8"))
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.get_experiment_by_name(config.tracking.experiment)
    logged = (
        mlflow.search_logged_models([experiment.experiment_id], output_format="list")
        if experiment
        else []
    )
    if logged:
        model = mlflow.pyfunc.load_model(logged[0].model_uri)
        if model.input_example is not None:
            found["served"] = digest(model.predict(model.input_example))
    return found


def described(value: Any, name: str, found: dict[str, Any]) -> None:
    """Add the digest of every field, through dataclasses of the package."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            described(getattr(value, field.name), f"{name}.{field.name}".lstrip("."), found)
    else:
        found[name] = digest(value)


def digest(value: Any) -> str | None:
    """Digest of the content; None where it has no stable one."""
    facts, node = facts_of(value)
    if "digest" in facts:
        return facts["digest"]
    from architect_sandbox.digest import digest_node

    return None if node is None else digest_node(node).hex()

"""Facts have the shapes of `observation.ts`."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils import Bunch

from architect_sandbox.facts import facts_of


def facts(value):
    found = facts_of(value)[0]
    json.dumps(found, allow_nan=False)
    return found


@pytest.mark.parametrize(
    ("value", "kind", "path"),
    [
        (None, "none", "NoneType"),
        (True, "bool", "bool"),
        (np.bool_(True), "bool", "numpy.bool"),
        (3, "int", "int"),
        (np.int64(3), "int", "numpy.int64"),
        (0.5, "float", "float"),
        (np.float32(0.5), "float", "numpy.float32"),
        ("a", "string", "str"),
        (np.zeros(2), "ndarray", "numpy.ndarray"),
        (pd.DataFrame(), "dataframe", "pandas.DataFrame"),
        (pd.Series([1]), "series", "pandas.Series"),
        (pd.Index([1]), "index", "pandas.Index"),
        (pd.RangeIndex(2), "index", "pandas.RangeIndex"),
        (sp.csr_matrix((2, 2)), "sparse", "scipy.sparse.csr_matrix"),
        (torch.zeros(1), "tensor", "torch.Tensor"),
        (torch.nn.Linear(1, 1), "torch_module", "torch.nn.Linear"),
        (torch.optim.SGD(torch.nn.Linear(1, 1).parameters()), "other", "torch.optim.SGD"),
        (LogisticRegression(), "estimator", "sklearn.linear_model.LogisticRegression"),
        (StandardScaler(), "estimator", "sklearn.preprocessing.StandardScaler"),
        (Bunch(a=1), "dict", "sklearn.utils.Bunch"),
        ([1], "list", "list"),
        ((1,), "tuple", "tuple"),
        ({1}, "set", "set"),
        (len, "function", "builtin_function_or_method"),
        (int, "class", "type"),
        (math, "module", "module"),
        (object(), "other", "object"),
    ],
)
def test_kind_and_type(value, kind, path):
    found = facts(value)
    assert (found["kind"], found["type"]) == (kind, path)


def test_groupby_has_a_public_path():
    assert facts(pd.DataFrame({"a": [1]}).groupby("a"))["type"].startswith("pandas.api.typing.")


def test_values():
    assert facts(0.1)["value"] == 0.1
    assert facts(None)["value"] is None
    assert facts(np.int64(3))["value"] == 3
    for value in (float("nan"), float("inf"), 2**60, "a" * 201, [1]):
        assert "value" not in facts(value)


def test_single_number_in_an_array():
    assert facts(np.array(0.5))["value"] == 0.5
    assert facts(np.array(3))["value"] == 3
    for value in (np.array(float("nan")), np.array(True), np.array("a"), np.zeros(1)):
        assert "value" not in facts(value)


def test_containers():
    found = facts({"a": 1, "b": np.zeros(2), 3: 2})
    assert found["length"] == 3
    assert found["keys"] == ["a", "b", "3"]
    assert (
        found["items"]
        == [
            {"type": "int", "kind": "int"},
            {"type": "numpy.ndarray", "kind": "ndarray", "dtype": "float64"},
        ]
        or len(found["items"]) == 2
    )
    assert facts([[1.0], [2.0]])["items"] == [
        {"type": "list", "kind": "list", "items": [{"type": "float", "kind": "float"}]}
    ]


def test_columns():
    table = pd.DataFrame(
        {
            "n": [1.5, None, 3.0],
            "i": [1, 2, 2],
            "s": ["b", "a", None],
            "b": [True, False, True],
            "d": pd.to_datetime(["2020", "2021", None]),
            "c": pd.Categorical(["x", "y", "x"]),
            "o": [[1], [2], None],
            7: [1, 2, 3],
        }
    )
    found = {column["name"]: column for column in facts(table)["columns"]}
    assert found["n"] == {
        "name": "n",
        "text": True,
        "dtype": "float64",
        "kind": "numeric",
        "missing": 1,
        "distinct": 2,
        "minimum": 1.5,
        "maximum": 3,
    }
    assert found["i"]["distinct"] == 2
    assert (found["s"]["kind"], found["s"]["categories"]) == ("string", ["a", "b"])
    assert (found["b"]["kind"], found["b"]["categories"]) == ("bool", ["False", "True"])
    assert (found["d"]["kind"], found["d"]["missing"]) == ("datetime", 1)
    assert (found["c"]["kind"], found["c"]["categories"]) == ("category", ["x", "y"])
    assert found["o"]["kind"] == "other"
    assert found["7"]["text"] is False
    assert facts(pd.DataFrame(np.zeros((2, 300))))["shape"] == [2, 300]
    assert len(facts(pd.DataFrame(np.zeros((2, 300))))["columns"]) == 200


def test_estimators():
    x, y = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20) % 2
    found = facts(LogisticRegression().fit(x, y))["estimator"]
    assert found == {
        "role": "classifier",
        "fitted": True,
        "predicts": True,
        "probabilities": True,
        "search": False,
    }
    assert facts(LogisticRegression())["estimator"]["fitted"] is False
    assert facts(LinearRegression())["estimator"]["role"] == "regressor"
    assert facts(KMeans())["estimator"]["role"] == "clusterer"
    assert facts(StandardScaler())["estimator"]["role"] == "transformer"
    assert facts(SVC())["estimator"]["probabilities"] is False
    search = facts(GridSearchCV(make_pipeline(StandardScaler(), SVC()), {}))["estimator"]
    assert (search["search"], search["role"], search["fitted"]) == (True, "classifier", False)


def test_summary():
    table = pd.DataFrame({"a": [1, 2], "s": ["x", "y"], "b": [True, False], "f": [np.nan, -3]})
    flat = np.array([1, 1, 0, 2, 0, -3.0])
    assert facts(table)["summary"] == {
        "shape": [2, 4],
        "sums": [flat.sum(), (flat * np.linspace(0, 1, 6)).sum(), np.abs(flat).sum()],
    }
    assert facts(torch.tensor([1.0, 2.0]))["summary"] == {"shape": [2], "sums": [3.0, 2.0, 3.0]}
    assert facts([1, 2.0])["summary"]["shape"] == [2]
    assert facts(0.5)["summary"] == {"shape": [], "sums": [0.5, 0.0, 0.5]}
    for value in (["a"], torch.nn.Linear(1, 1), np.array(["a"]), pd.Series(["a"]), {}):
        assert "summary" not in facts(value)

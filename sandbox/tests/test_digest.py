"""Equal content gives equal digests, and nothing else does."""

from __future__ import annotations

import collections
import datetime
import decimal
import functools
import io
import random
import threading

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from architect_sandbox import encode_arrays, encode_tables
from architect_sandbox.digest import digest, digest_and_sampled

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 3)), np.arange(60) % 2


class Thing:
    def __init__(self, **fields):
        self.__dict__.update(fields)


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a


def frame(**columns):
    return pd.DataFrame(columns or {"a": [1, 2, 3], "b": ["x", None, "z"]})


def cyclic():
    value = [1]
    value.append(value)
    return value


def search(**settings):
    return GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, **settings).fit(X, Y)


def module(seed, dropout=0.1):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Dropout(dropout))


def trained(function):
    model = module(0).eval()
    return model if function is None else function(model)


class Net(torch.nn.Module):
    def __init__(self, scale, buffer=1.0):
        super().__init__()
        self.scales = [scale]
        self.lock = threading.Lock()
        self.register_buffer("offset", torch.tensor(buffer), persistent=False)


def weighted(weights):
    sampler = torch.utils.data.WeightedRandomSampler(weights, 2)
    return torch.utils.data.DataLoader(torch.ones(2), sampler=sampler)


class Text(str):
    pass


class Partial(functools.partial):
    pass


def partial(base):
    made = Partial(int, base=base)
    made.note = 1
    return made


EQUAL = {
    "numpy float and float": (np.float64(0.5), 0.5),
    "numpy float32 and float": (np.float32(0.5), 0.5),
    "numpy int and int": (np.int32(7), 7),
    "numpy bool and bool": (np.bool_(True), True),
    "numpy text and text": (np.str_("a"), "a"),
    "nan": (float("nan"), -float("nan")),
    "nan in an array": (np.array([np.nan]), -np.array([np.nan])),
    "list of floats": ([1.0, 2.0], [np.float64(1), np.float32(2)]),
    "list of texts": (["a", "b"], [np.str_("a"), "b"]),
    "dict order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "set order": ({"a", "b", "c"}, {"c", "b", "a"}),
    "counter": (collections.Counter("aab"), {"b": 1, "a": 2}),
    "cycle": (cyclic(), cyclic()),
    "byte order": (np.array([1, 2], ">i4"), np.array([1, 2], "<i4")),
    "contiguity": (np.arange(6).reshape(2, 3).T, np.arange(6).reshape(2, 3).T.copy()),
    "object array": (np.array([1, "a", None], object), np.array([1, "a", None], object)),
    "masked": (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 9], mask=[0, 1])),
    "long double": (np.array([0.1], np.longdouble), np.array([0.1], np.longdouble)),
    "structured": (np.array([(1, 2.0)], "i4,f8"), np.array([(1, 2.0)], "i4,f8")),
    "frame": (frame(), frame()),
    "frame blocks": (
        frame(a=[1, 2], b=[3, 4]),
        pd.concat([frame(a=[1, 2]), frame(b=[3, 4])], axis=1),
    ),
    "range index": (frame(), frame().set_axis(pd.Index([0, 1, 2]), axis=0)),
    "csr with duplicates": (
        sp.csr_matrix((np.array([1.0, 2.0]), ([0, 0], [1, 1])), shape=(2, 2)),
        sp.csr_matrix((np.array([3.0]), ([0], [1])), shape=(2, 2)),
    ),
    "tensor": (torch.tensor([1.0]), torch.tensor([1.0], requires_grad=True)),
    "bfloat16": (torch.ones(2, dtype=torch.bfloat16), torch.ones(2, dtype=torch.bfloat16)),
    "module": (module(0), module(0)),
    "module in training": (module(0).train(), module(0).train()),
    "loader": (
        torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(3)), batch_size=2),
        torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(3)), batch_size=2),
    ),
    "fitted": (LogisticRegression().fit(X, Y), LogisticRegression().fit(X, Y)),
    "forest": tuple(RandomForestClassifier(3, random_state=0).fit(X, Y) for _ in range(2)),
    "boosting": tuple(
        HistGradientBoostingClassifier(max_iter=3, random_state=0).fit(X, Y) for _ in range(2)
    ),
    "search": (search(), search()),
    "pipeline": tuple(
        make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y) for _ in "ab"
    ),
    "object": (Thing(a=1, b=[2]), Thing(b=[2], a=1)),
    "slots": (Slotted(1), Slotted(1)),
    "generator": (np.random.default_rng(1), np.random.default_rng(1)),
    "network": (Net(1), Net(1)),
    "text of a class of its own": (Text("a"), Text("a")),
    "partial with attributes": (partial(2), partial(2)),
    "partial": (functools.partial(int, base=2), functools.partial(int, base=2)),
    "decimal": (decimal.Decimal("1.0"), decimal.Decimal("1.0")),
}

UNEQUAL = {
    "zeros": (0.0, -0.0),
    "zeros in an array": (np.array([0.0]), np.array([-0.0])),
    "zeros in a list": ([0.0, 1.0], [-0.0, 1.0]),
    "int and float": (1, 1.0),
    "int and bool": (1, True),
    "text and bytes": ("a", b"a"),
    "none and nan": (None, float("nan")),
    "list and tuple": ([1], (1,)),
    "texts cut elsewhere": (["ab", "c"], ["a", "bc"]),
    "nested": ([[1], 2], [1, [2]]),
    "dict values": ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
    "large int": (2**70, 2**70 + 1),
    "shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "dtype": (np.zeros(2, "f4"), np.zeros(2, "f8")),
    "dtype of same bytes": (np.zeros(2, "i8"), np.zeros(2, "f8")),
    "last place": (np.array([0.1 + 0.2]), np.array([0.3])),
    "array and scalar": (np.array(1.0), 1.0),
    "objects": (np.array([1, None], object), np.array([1, "None"], object)),
    "dates": (np.array(["2020"], "M8[D]"), np.array(["2020"], "M8[s]")),
    "column order": (frame(a=[1], b=[1]), frame(b=[1], a=[1])),
    "column name": (frame(a=[1]), frame(b=[1])),
    "row order": (frame(), frame().iloc[::-1]),
    "index": (frame(), frame().set_axis([1, 2, 3], axis=0)),
    "index name": (frame(), frame().rename_axis("i")),
    "column dtype": (frame(a=[1, 2]), frame(a=[1.0, 2.0])),
    "missing": (frame(), frame().fillna("")),
    "categories": (
        pd.Series(pd.Categorical(["a"], ["a", "b"])),
        pd.Series(pd.Categorical(["a"], ["b", "a"])),
    ),
    "unused category": (
        pd.Series(pd.Categorical(["a"], ["a", "b"])),
        pd.Series(pd.Categorical(["a"], ["a"])),
    ),
    "nullable": (pd.Series([1, None], dtype="Int64"), pd.Series([1, 0], dtype="Int64")),
    "time zone": (
        pd.Series(pd.to_datetime(["2020"])),
        pd.Series(pd.to_datetime(["2020"])).dt.tz_localize("UTC"),
    ),
    "multi index": (
        pd.MultiIndex.from_tuples([("a", 1)]),
        pd.MultiIndex.from_tuples([("a", 2)]),
    ),
    "series name": (pd.Series([1], name="a"), pd.Series([1], name="b")),
    "sparse format": (sp.csr_matrix(np.eye(2)), sp.csc_matrix(np.eye(2))),
    "sparse shape": (sp.csr_matrix((2, 2)), sp.csr_matrix((2, 3))),
    "tensor dtype": (torch.zeros(1), torch.zeros(1, dtype=torch.float64)),
    "weights": (module(0), module(1)),
    "dropout": (module(0, 0.1), module(0, 0.5)),
    "mode of a module": (module(0).train(), module(0).eval()),
    "frozen": (module(0), module(0).requires_grad_(False)),
    "attribute of a network": (Net(1), Net(2)),
    "buffer that is not saved": (Net(1), Net(1, buffer=2.0)),
    "loaders that weight": (weighted([1.0, 2.0]), weighted([2.0, 1.0])),
    "losses": (torch.nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss(label_smoothing=0.1)),
    "parameters": (LogisticRegression(C=1.0), LogisticRegression(C=2.0)),
    "fitted and not": (LogisticRegression(), LogisticRegression().fit(X, Y)),
    "forests": tuple(RandomForestClassifier(3, random_state=n).fit(X, Y) for n in range(2)),
    "neighbours": tuple(KNeighborsClassifier().fit(X + n, Y) for n in range(2)),
    "object": (Thing(a=1), Thing(a=2)),
    "class": (Thing(a=1), collections.OrderedDict(a=1)),
    "random": (random.Random(1), random.Random(2)),
    "functions": (len, max),
    "texts of a class of their own": (Text("a"), Text("b")),
    "partials with attributes": (partial(2), partial(3)),
    "matrix and array": (np.matrix([1]), np.array([[1]])),
    "sparse matrix and sparse array": (sp.csr_matrix((1, 1)), sp.csr_array((1, 1))),
    "order of fields": (np.zeros(1, "i4,f8"), np.zeros(1, "i4,f8")[["f1", "f0"]]),
    "days": (datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name):
    one, other = EQUAL[name]
    assert digest(one) is not None
    assert digest(one) == digest(other)


@pytest.mark.parametrize("name", UNEQUAL)
def test_unequal(name):
    one, other = UNEQUAL[name]
    assert digest(one) is not None
    assert digest(other) is not None
    assert digest(one) != digest(other)


@pytest.mark.parametrize(
    "dtype",
    ["string", "category", "Int64", "boolean", "datetime64[ns]", "period[M]", "Sparse[float]"],
)
def test_extension_types(dtype):
    values = ["2020-01-01", "2020-02-01"] if "e64" in dtype or "period" in dtype else [0, 1]
    values = ["a", "b"] if dtype == "string" else values
    one = pd.Series(values).astype(dtype)
    assert digest(one) == digest(one.copy())
    assert digest(one) != digest(one.iloc[::-1])


def test_nothing_is_said_of_what_has_no_stable_content(tmp_path):
    (tmp_path / "a").write_text("abc")
    with open(tmp_path / "a") as file:
        values = [
            (n for n in "ab"),
            iter([1]),
            zip("a", "b"),
            file,
            io.StringIO("a"),
            threading.Lock(),
            Thing(lock=threading.Lock()),
            {"a": [file]},
            torch.empty(2, device="meta"),
        ]
        assert [digest(value) for value in values] == [None] * len(values)
        assert next(values[0]) == "a"
        assert next(values[1]) == 1
        assert next(values[2]) == ("a", "b")
        assert file.read() == "abc"


def test_a_query_does_not_change_a_neighbour_tree():
    model = KNeighborsClassifier(algorithm="kd_tree").fit(X, Y)
    before = digest(model)
    model.predict(X)
    assert digest(model) == before


def test_digesting_changes_nothing():
    matrix = sp.csr_matrix((np.array([1.0, 2.0]), np.array([1, 0]), np.array([0, 2])), shape=(1, 2))
    generator = np.random.default_rng(0)
    state = generator.bit_generator.state
    digest(matrix), digest(generator)
    assert matrix.indices.tolist() == [1, 0]
    assert generator.bit_generator.state == state


def test_xgboost():
    xgboost = pytest.importorskip("xgboost")
    fit = [xgboost.XGBClassifier(n_estimators=n, max_depth=2).fit(X, Y) for n in (3, 3, 4)]
    assert digest(fit[0]) is not None
    assert digest(fit[0]) == digest(fit[1])
    assert digest(fit[0]) != digest(fit[2])


def test_optimizer_moves():
    model = module(0)
    optimizer = torch.optim.Adam(model.parameters())
    before = digest(optimizer), digest(model)
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    assert digest(optimizer) not in (None, before[0])
    assert digest(model) != before[1]


def test_large_values_are_sampled(monkeypatch):
    monkeypatch.setattr(encode_arrays, "LARGE", 10_000)
    monkeypatch.setattr(encode_arrays, "SAMPLE", 1_000)
    value = np.arange(100_000.0)
    found, sampled = digest_and_sampled(value)
    assert sampled
    assert found == digest(value.copy())
    for place in (0, 54_321, -1):
        other = value.copy()
        other[place] = -1
        assert digest(other) != found
    assert digest(value[:-1]) != found
    gaps = np.where(value % 7 == 0, np.nan, value)
    assert digest(gaps) == digest(np.where(value % 7 == 0, -np.float64("nan"), value)) != found


@pytest.mark.parametrize("kind", ["f4", "i8", "M8[s]", "c16", "?"])
def test_sums_see_what_the_sample_does_not(monkeypatch, kind):
    monkeypatch.setattr(encode_tables, "LARGE", 10_000)
    monkeypatch.setattr(encode_arrays, "SAMPLE", 1_000)
    values = np.arange(100_000).astype(kind)
    table = pd.DataFrame({"a": values, "b": "text"})
    other = table.copy()
    other.iloc[54_321, 0] = other.iloc[1, 0] if kind != "?" else False
    for one, two in ((table, other), (table["a"], other["a"])):
        found, sampled = digest_and_sampled(one)
        assert sampled
        assert found == digest(one.copy())
        assert found != digest(two)


def test_deep_and_wide_structures_end():
    deep: list = []
    for _ in range(500):
        deep = [deep]
    assert digest(deep) is None
    shared = [1]
    for _ in range(40):
        shared = [shared, shared]
    assert digest(shared) is not None


def test_text_columns_of_two_dtypes_differ():
    texts = ["a", None]
    one, other = pd.Series(texts, dtype=object), pd.Series(texts, dtype="string")
    assert digest(one) not in (None, digest(other))
    assert digest(pd.Series(texts)) == digest(pd.Series(texts))


def test_a_large_array_of_objects_is_seen_to_change():
    texts = pd.Series(["a", "b", None, 1.5] * 5_000, dtype=object)
    before = digest(texts)
    assert digest(texts) == digest(texts.copy()) == before
    texts.iloc[12_345] = "c"
    assert digest(texts) != before
    texts.iloc[12_345] = "b"
    assert digest(texts) == before
    lists = np.empty(20_000, object)
    lists[:] = [[n] for n in range(20_000)]
    before = digest(lists)
    lists[12_345].append(1)
    assert digest(lists) != before


def test_what_was_hashed_before_is_not_taken_for_what_lies_there_now():
    found = set()
    for round_ in range(5):
        texts = np.array([f"{round_}-{n}" for n in range(20_000)], dtype=object)
        found.add(digest(texts))
        del texts
    assert len(found) == 5

"""What a run of a package shows at its boundaries, beside the notebook's."""

from __future__ import annotations

FILES = {
    "src/__init__.py": "",
    "src/config.py": """
def load_config(overrides=()):
    return {"n": 3, **dict(item.split("=") for item in overrides)}
""",
    "src/data/__init__.py": "",
    "src/data/loader.py": """
import numpy as np

class Net:
    def __init__(self, w):
        self.w = w

def load(n):
    return np.arange(float(n))

def halves(x):
    return x[:1], x[1:]

def scale(x, by=2.0):
    x *= by
    return x

def make(w):
    return Net(w)
""",
    "src/training/__init__.py": "",
    "src/training/train.py": """
from dataclasses import dataclass
from src.data import loader
from src.data.loader import load, halves as split, make

@dataclass
class Result:
    metrics: dict

def run(config):
    x = load(int(config["n"]))
    a, b = split(x)
    loader.scale(b)
    loader.scale(b, by=3.0)
    make([1.0])
    print("noise")
    if config.get("fail"):
        raise KeyError("column")
    return Result({"total": float(x.sum()), "a/b": 1})
""",
}


def watch(commands, **job):
    for name, text in FILES.items():
        path = commands.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return commands.run(
        "watch",
        {
            "root": str(commands.tree),
            "module": "src.training.train",
            "function": "run",
            "config": {"module": "src.config", "function": "load_config", "overrides": []},
            "boundaries": [],
            **job,
        },
    )


def boundary(key, function, **rest):
    return {
        "key": key,
        "function": f"src.data.loader:{function}",
        "occurrence": 0,
        "result": None,
        **rest,
    }


def test_boundaries_and_metrics(commands):
    folder = commands.folder / "dump"
    result = watch(
        commands,
        boundaries=[
            boundary("x", "load"),
            boundary("a", "halves", result=0),
            boundary("b", "halves", result=1),
            boundary("late", "scale", occurrence=1),
            boundary("never", "scale", occurrence=2),
            boundary("beyond", "halves", result=7),
        ],
        arguments=[
            {"key": "by", "function": "src.data.loader:scale", "occurrence": 0, "argument": "by"}
        ],
        dump={"folder": str(folder)},
    )
    assert result["error"] is None
    seen = result["boundaries"]
    assert sorted(seen) == ["a", "b", "by", "late", "x"]
    assert seen["x"]["summary"]["sums"][0] == 3.0
    assert seen["b"]["shape"] == [2]
    assert seen["late"]["summary"]["sums"][0] == 18.0
    assert seen["by"]["value"] == 2.0
    assert {name: facts["value"] for name, facts in result["metrics"].items()} == {
        "total": 18.0,
        "a/b": 1,
    }
    assert sorted(path.name for path in folder.iterdir()) == [
        "argument-0.zip",
        "boundary-0.zip",
        "boundary-1.zip",
        "boundary-2.zip",
        "boundary-3.zip",
        "metric-a%2Fb.zip",
        "metric-total.zip",
    ]


def test_a_failure_keeps_what_was_seen(commands):
    config = {"module": "src.config", "function": "load_config", "overrides": ["fail=1"]}
    result = watch(commands, config=config, boundaries=[boundary("x", "load")])
    assert result["error"]["type"] == "KeyError"
    assert "src/training/train.py" in result["error"]["traceback"]
    assert sorted(result["boundaries"]) == ["x"]
    assert result["metrics"] == {}


def test_a_missing_function_is_a_failure(commands):
    result = watch(commands, boundaries=[boundary("x", "not_there")])
    assert result["error"] is not None


def test_package_and_notebook_give_one_digest(commands):
    package = watch(commands, boundaries=[boundary("net", "make"), boundary("x", "load")])
    code = "import numpy as np\nclass Net:\n    def __init__(self, w):\n        self.w = w\n"
    notebook = commands.observe(
        [{"code": code + "net = Net([1.0]); x = np.arange(3.0)", "watch": ["net", "x"]}]
    )
    values = notebook["statements"][0]["values"]
    for key in ("net", "x"):
        assert values[key]["digest"] == package["boundaries"][key]["digest"]
    assert values["net"]["type"] == "__main__.Net"
    assert package["boundaries"]["net"]["type"] == "src.data.loader.Net"

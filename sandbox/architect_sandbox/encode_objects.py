"""Content of estimators, functions, classes and objects of any other class."""

from __future__ import annotations

import random
import types
from typing import TYPE_CHECKING, Any

from .content import Group, Node, Scalar, Undefined, record
from .names import bare_name, has_base

if TYPE_CHECKING:
    from .encode import Encoder

_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
)
_COMPILED = {"cython_function_or_method", "fused_cython_function", "_ArrayFunctionDispatcher"}
_HOOKS = ("__reduce__", "__getstate__")
_HEAP_TYPE = 1 << 9  # a bit of `type.__flags__`: made while Python runs
_TIMES = {"refit_time_"}
_TIME_COLUMNS = {"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"}
# Places of a neighbour tree's state that hold its data; the others count its queries.
_TREE_STATE = (0, 1, 2, 3, 4, 5, 6, 11, 12)


def encode(encoder: Encoder, value: Any) -> Node | None:
    """Encode any other value; raise `Undefined` for one without stable content."""
    kind = type(value)
    if isinstance(value, type):
        return Scalar("class", bare_name(value))
    if isinstance(value, types.ModuleType):
        return Scalar("module", value.__name__)
    if isinstance(value, _FUNCTIONS) or kind.__name__ in _COMPILED:
        return Scalar("function", bare_name(value))
    if isinstance(value, types.MethodType):
        function = Scalar("function", bare_name(value.__func__))
        return record("method", function=function, self=encoder.node(value.__self__))
    if isinstance(value, random.Random):
        return record("random.Random", state=encoder.node(value.getstate()))
    if hasattr(kind, "__next__") or hasattr(kind, "__anext__") or hasattr(kind, "__await__"):
        raise Undefined("iterator")
    if isinstance(value, (types.GeneratorType, types.FrameType, types.CodeType)):
        raise Undefined(kind.__name__)
    booster = _booster(encoder, value)
    return booster if booster is not None else _object(encoder, value)


def _booster(encoder: Encoder, value: Any) -> Node | None:
    if has_base(value, "xgboost", "Booster"):
        fields = {"names": value.feature_names, "attributes": value.attributes()}
        model = Scalar("bytes", bytes(value.save_raw("ubj")).hex())
        return record("xgboost.Booster", model=model, settings=encoder.node(fields))
    if has_base(value, "xgboost", "DMatrix"):
        raise Undefined("DMatrix")
    if has_base(value, "lightgbm", "Booster"):
        return record("lightgbm.Booster", model=Scalar("str", value.model_to_string()))
    root = type(value).__module__.partition(".")[0]
    if root in ("keras", "tensorflow", "tf_keras"):
        return _keras(encoder, value)
    return None


def _keras(encoder: Encoder, value: Any) -> Node:
    name = bare_name(type(value))
    if hasattr(type(value), "get_weights"):
        return record(name, weights=encoder.node(value.get_weights()))
    if type(value).__name__ in ("EagerTensor", "ResourceVariable", "Variable"):
        return record(name, values=encoder.node(value.numpy()))
    raise Undefined(name)


def _object(encoder: Encoder, value: Any) -> Node:
    name = bare_name(type(value))
    attributes = getattr(value, "__dict__", None)
    slots = _slots(value)
    if isinstance(attributes, dict) and (attributes or slots or not _is_compiled(value)):
        fields = {**attributes, **slots}
        if _extends_compiled(value):
            fields["(compiled)"] = _Compiled(value)
        # Two fits of the same search differ in their times only.
        times = {key for key in fields if key in _TIMES}
        children = [(str(key), fields[key]) for key in fields if key not in times]
        return Group("record", name, [(key, _field(encoder, key, item)) for key, item in children])
    if slots:
        return encoder.mapping(name, slots)
    return _reduced(encoder, name, value)


class _Compiled:
    """What an object of a class that derives from a compiled one keeps beside its attributes."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _field(encoder: Encoder, key: str, item: Any) -> Node:
    if isinstance(item, _Compiled):
        return _reduced(encoder, "", item.value)
    return encoder.node(_timeless(key, item))


def _timeless(key: str, item: Any) -> Any:
    if key == "cv_results_" and isinstance(item, dict):
        return {name: column for name, column in item.items() if name not in _TIME_COLUMNS}
    return item


def _slots(value: Any) -> dict[str, Any]:
    found = {}
    for base in type(value).__mro__:
        names = base.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            slot = base.__dict__.get(name)
            if isinstance(slot, types.MemberDescriptorType):
                try:
                    found[name] = slot.__get__(value)
                except AttributeError:
                    continue
    return found


def _is_compiled(value: Any) -> bool:
    """Return True if the class may keep state where `vars` does not see it."""
    compiled = not type(value).__flags__ & _HEAP_TYPE
    hooks = {*_HOOKS, "__reduce_cython__"}
    return compiled or any(hooks & set(base.__dict__) for base in type(value).__mro__[:-1])


def _extends_compiled(value: Any) -> bool:
    """Return True if a base is of compiled code and may hold state where `vars` does not see it."""
    for base in type(value).__mro__[:-1]:
        own = base.__dict__
        if not base.__flags__ & _HEAP_TYPE or "__reduce_cython__" in own:
            return True
        if any(
            not isinstance(own.get(hook, _extends_compiled), types.FunctionType) for hook in _HOOKS
        ):
            return True
    return False


def _reduced(encoder: Encoder, name: str, value: Any) -> Node:
    """Encode an object of compiled code by what its own pickling would keep."""
    try:
        parts = value.__reduce_ex__(2)
    except Exception as error:
        raise Undefined(name) from error
    if not isinstance(parts, tuple) or any(part is not None for part in parts[3:]):
        raise Undefined(name)
    arguments, state = list(parts[1]), parts[2] if len(parts) > 2 else None
    if name.rpartition(".")[2].startswith(("KDTree", "BallTree")) and isinstance(state, tuple):
        state = tuple(state[place] for place in _TREE_STATE if place < len(state))
    return record(
        name,
        function=encoder.node(parts[0]),
        arguments=encoder.items(arguments),
        state=encoder.node(state),
    )
